import { userInfo } from 'node:os';
import {
  cancelPass,
  followPass,
  isPassOver,
  readOpenPass,
  readPass,
  requestCorrection,
  requestPass,
  uncorrected,
  withStores,
  type Stores,
} from '@optout-sync/operations';
import type { RequestedPass } from '@optout-sync/shared/reconcile';
import { commandLine } from '../frame/command-line';
import { EXIT, ExitStatus } from '../frame/exit-codes';
import { stoppableJob } from '../frame/interrupt';
import { printJson } from '../frame/json';
import { NOTHING_DONE } from '../frame/options';
import { startProgress } from '../frame/progress';
import type { Terminal } from '../frame/terminal';
import { passJson, passText } from './pass-text';
import { allowAllOptIns } from './opt-ins';
import { previewCorrection } from './pass-preview';
import type { FixOptions } from './verify-one';

/** What a command does with a pass. */
export interface PassOptions extends FixOptions {
  readonly detach: boolean;
  readonly status: boolean;
  readonly cancel: boolean;
}

/**
 * Has the workers compare the whole ledger of a workspace, shows the progress and the result.
 *
 * @throws {ExitStatus} when somebody differs in the end, or it cannot be told yet
 */
export async function verifyAll(terminal: Terminal, workspace: string, options: PassOptions): Promise<void> {
  const pass = await withStores(terminal, (stores) => run(terminal, stores, workspace, options));
  if (!pass) return;
  if (options.json) printJson(terminal, passJson(pass));
  else terminal.out(passText(terminal, pass));
  if (options.cancel && !options.yes) terminal.error(NOTHING_DONE);
  if (isPassOver(pass) && uncorrected(pass) + pass.settling > 0) throw new ExitStatus(EXIT.partly);
}

/** Returns the pass to show; undefined where everything is said already. */
async function run(
  terminal: Terminal,
  stores: Stores,
  workspace: string,
  options: PassOptions,
): Promise<RequestedPass | undefined> {
  const { status, cancel, fix, allowOptIn, yes } = options;
  if (status) return readPass(stores, workspace);
  if (cancel) return yes ? cancelPass(stores, workspace, options) : readOpenPass(stores, workspace);
  if (allowOptIn) return allowAllOptIns(terminal, stores, workspace, options);
  if (fix && !yes) return previewCorrection(terminal, stores, workspace, options);
  return compare(terminal, stores, workspace, options);
}

async function compare(
  terminal: Terminal,
  stores: Stores,
  workspace: string,
  { detach, fix, by = userInfo().username, why, wait }: PassOptions,
): Promise<RequestedPass> {
  const { pass, isNew } = fix
    ? await requestCorrection(stores, workspace, { by, why })
    : await requestPass(stores, workspace, { mode: 'report', by });
  terminal.error(isNew ? 'Asked the workers for a pass.' : `Attached to the pass that ${pass.by} asked for.`);
  if (detach) return pass;
  terminal.error('Ctrl-C leaves it running; the same command attaches to it again.');
  return followWithProgress(terminal, stores, workspace, { pass, wait });
}

async function followWithProgress(
  terminal: Terminal,
  stores: Stores,
  workspace: string,
  { pass, wait }: { readonly pass: RequestedPass; readonly wait: number },
): Promise<RequestedPass> {
  const resume = () => ({
    text: 'The workers go on with the pass, and this command attaches to it again; `optouts verify --all --cancel` ends it.',
    command: commandLine(terminal),
  });
  return stoppableJob(terminal, resume, async (stop) => {
    const progress = startProgress(terminal, 'entries examined', 1);
    try {
      return await followPass(stores, workspace, pass, {
        takeMs: wait * 1_000,
        stop,
        onProgress(current) {
          const { estimated = 0, examined, checked } = current;
          progress.setTotal(Math.max(estimated, examined, 1));
          progress.update(examined, { compared: checked, 'people differ': uncorrected(current) });
        },
      });
    } finally {
      progress.end();
    }
  });
}

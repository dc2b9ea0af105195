import type { Stores } from '@optout-sync/operations';
import { EXIT, ExitStatus } from '../frame/exit-codes';
import { printJson } from '../frame/json';
import { NOTHING_DONE } from '../frame/options';
import type { Terminal } from '../frame/terminal';

/**
 * Shows what a pass that corrects would do, by what the last comparisons found.
 *
 * @throws {ExitStatus} when somebody is known to differ
 */
export async function previewCorrection(
  terminal: Terminal,
  { findings }: Pick<Stores, 'findings'>,
  workspace: string,
  { json }: { readonly json: boolean },
): Promise<undefined> {
  const { missing, reverted } = await findings.count(workspace);
  if (json) printJson(terminal, { done: false, workspace, phones: { missing, reverted } });
  else
    terminal.out(
      [
        `Would have the workers compare the whole ledger of workspace ${workspace} with Customer.io, and opt out`,
        'whoever has a stopped number and is not.',
        `Phones that the last comparisons found: ${String(missing)} missing, ${String(reverted)} reverted.`,
        '`optouts verify --all` compares now, and corrects nothing.',
        NOTHING_DONE,
      ].join('\n'),
    );
  if (missing + reverted > 0) throw new ExitStatus(EXIT.partly);
}

import { allowOptIns, previewOptIns, type Author, type Stores } from '@optout-sync/operations';
import { maskPhone } from '@optout-sync/shared/domain';
import type { Finding } from '@optout-sync/shared/reconcile';
import { commandLine } from '../frame/command-line';
import { EXIT, ExitStatus } from '../frame/exit-codes';
import { stoppableJob } from '../frame/interrupt';
import { printJson } from '../frame/json';
import { NOTHING_DONE } from '../frame/options';
import { peopleText } from '../frame/people-text';
import { startProgress } from '../frame/progress';
import { tableText } from '../frame/table';
import type { Terminal } from '../frame/terminal';
import type { FixOptions } from './verify-one';

/** Findings that a preview shows. */
const PREVIEW_SIZE = 20;

const REASONS = {
  orphaned: 'no longer have the number',
  looser_policy: 'the consent policy no longer opts the number out',
  missing: '',
  reverted: '',
} as const satisfies Record<Finding['kind'], string>;

/**
 * Has the workers set back everyone whom only an operator sets back. Without `yes` only shows them.
 *
 * @throws {ExitStatus} when findings remain
 */
export async function allowAllOptIns(
  terminal: Terminal,
  stores: Stores,
  workspace: string,
  { yes, by, why, wait, json }: FixOptions,
): Promise<undefined> {
  const preview = await previewOptIns(stores, workspace, PREVIEW_SIZE);
  const { orphaned, looser_policy } = preview.counts;
  if (orphaned + looser_policy === 0) {
    if (json) printJson(terminal, { phones: preview.counts, remaining: 0 });
    else
      terminal.out('The last comparisons found nobody to set back. `optouts verify --all` compares again.');
    return;
  }
  if (!yes) {
    if (json) printJson(terminal, { phones: preview.counts, first: preview.first });
    else terminal.out(previewText(terminal, preview));
    throw new ExitStatus(EXIT.partly);
  }
  const remaining = await allowWithProgress(terminal, stores, workspace, {
    by,
    why,
    takeMs: wait * 1_000,
    total: orphaned + looser_policy,
  });
  if (json) printJson(terminal, { phones: preview.counts, remaining });
  else terminal.out(remaining === 0 ? 'Everyone is set back.' : remainingText(remaining));
  if (remaining > 0) throw new ExitStatus(EXIT.partly);
}

async function allowWithProgress(
  terminal: Terminal,
  stores: Stores,
  workspace: string,
  { total, ...options }: Partial<Author> & { readonly takeMs: number; readonly total: number },
): Promise<number> {
  const resume = () => ({
    text: 'What is requested is carried out; what remains stays among the findings.',
    command: commandLine(terminal),
  });
  return stoppableJob(terminal, resume, async (stop) => {
    const progress = startProgress(terminal, 'phones', total);
    const onProgress = ({ done }: { done: number }): void => {
      progress.update(done);
    };
    try {
      return (await allowOptIns(stores, workspace, { ...options, stop, onProgress })).remaining;
    } finally {
      progress.end();
    }
  });
}

function previewText(
  terminal: Terminal,
  { counts, first }: Awaited<ReturnType<typeof previewOptIns>>,
): string {
  const rows = first.map((finding) => {
    const { subject, kind } = finding;
    const [phone, who] = [maskPhone(subject.phone), peopleText(finding)];
    return [phone, subject.channel, who, 'true', 'false', `${kind}: ${REASONS[kind]}`];
  });
  const total = counts.orphaned + counts.looser_policy;
  return [
    tableText(terminal, ['phone', 'channel', 'people (cio_id)', 'from', 'to', 'why'], rows),
    ...(total > first.length
      ? [`... and ${String(total - first.length)} more phones: \`optouts list --drifted\`.`]
      : []),
    `Phones: ${String(counts.orphaned)} with orphaned people, ${String(counts.looser_policy)} with a looser policy.`,
    NOTHING_DONE,
  ].join('\n');
}

function remainingText(remaining: number): string {
  return `Phones that remain: ${String(remaining)}; \`optouts list --drifted\`.`;
}

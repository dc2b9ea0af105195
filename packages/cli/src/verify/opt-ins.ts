import Table from 'cli-table3';
import { allowOptIns, previewOptIns, type Stores } from '@optout-sync/operations';
import { maskPhone } from '@optout-sync/shared/domain';
import type { Finding } from '@optout-sync/shared/reconcile';
import { DIFFERS, ExitStatus, printJson, startProgress, type Terminal } from '../command';
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
    else terminal.out(previewText(preview));
    throw new ExitStatus(DIFFERS);
  }
  const bar = startProgress(terminal, '{bar} {value} of {total} phones', orphaned + looser_policy);
  const options = {
    by,
    why,
    takeMs: wait * 1_000,
    onProgress: ({ done }: { done: number }) => bar?.update(done),
  };
  const { remaining } = await allowOptIns(stores, workspace, options).finally(() => bar?.stop());
  if (json) printJson(terminal, { phones: preview.counts, remaining });
  else terminal.out(remaining === 0 ? 'Everyone is set back.' : remainingText(remaining));
  if (remaining > 0) throw new ExitStatus(DIFFERS);
}

function previewText({ counts, first }: Awaited<ReturnType<typeof previewOptIns>>): string {
  const table = new Table({
    head: ['phone', 'channel', 'people (cio_id)', 'from', 'to', 'why'],
    style: { head: [], border: [] },
  });
  for (const { subject, kind, people, total } of first) {
    const more = total > people.length ? [`and ${String(total - people.length)} more`] : [];
    const who = [...people, ...more].join('\n');
    table.push([
      maskPhone(subject.phone),
      subject.channel,
      who,
      'true',
      'false',
      `${kind}: ${REASONS[kind]}`,
    ]);
  }
  const total = counts.orphaned + counts.looser_policy;
  return [
    table.toString(),
    ...(total > first.length
      ? [`... and ${String(total - first.length)} more phones: \`optouts list --drifted\`.`]
      : []),
    `Phones: ${String(counts.orphaned)} with orphaned people, ${String(counts.looser_policy)} with a looser policy.`,
    'Nothing was done. Repeat the command with --yes --by <name> --why <text> to do it.',
  ].join('\n');
}

function remainingText(remaining: number): string {
  return `Phones that remain: ${String(remaining)}; \`optouts list --drifted\`.`;
}

import Table from 'cli-table3';
import type { OptOut } from '@optout-sync/operations';
import { maskPhone } from '@optout-sync/shared/domain';

/** A table of ledger entries, with phones masked unless `full`. */
export function optOutTable(optOuts: readonly OptOut[], full: boolean): string {
  const table = new Table({
    head: ['phone', 'channel', 'workspace', 'state', 'since', 'stopped senders', 'in Customer.io', 'people'],
    style: { head: [], border: [] },
  });
  for (const { subject, entry, now } of optOuts) {
    table.push([
      full ? subject.phone : maskPhone(subject.phone),
      subject.channel,
      subject.workspace,
      now.state,
      new Date(now.since).toISOString(),
      now.stoppedSenders.join('\n'),
      `version ${String(entry.appliedVersion)} of ${String(entry.version)}`,
      String(entry.people.length),
    ]);
  }
  return table.toString();
}

/** A ledger entry as `--json` and `--all` print it. */
export function optOutJson({ subject, entry, now }: OptOut): Record<string, unknown> {
  const { version, appliedVersion, people } = entry;
  const since = new Date(now.since).toISOString();
  return { ...subject, ...now, since, version, appliedVersion, writtenTo: people.length };
}

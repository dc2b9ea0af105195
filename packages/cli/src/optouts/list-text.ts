import Table from 'cli-table3';
import type { Row } from '@optout-sync/operations';
import { maskPhone } from '@optout-sync/shared/domain';

/** A table of entries for people, with phones masked unless `full`. */
export function rowsTable(rows: readonly Row[], full: boolean): string {
  const table = new Table({
    head: ['phone', 'channel', 'workspace', 'state', 'since', 'stopped senders', 'in Customer.io'],
    style: { head: [], border: [] },
  });
  for (const { subject, entry, now } of rows) {
    table.push([
      full ? subject.phone : maskPhone(subject.phone),
      subject.channel,
      subject.workspace,
      now.state,
      new Date(now.since).toISOString(),
      now.stoppedSenders.join('\n'),
      `version ${String(entry.appliedVersion)} of ${String(entry.version)}`,
    ]);
  }
  return table.toString();
}

/** An entry for programs. */
export function rowJson({ subject, entry, now }: Row): unknown {
  const { version, appliedVersion } = entry;
  return { ...subject, ...now, since: new Date(now.since).toISOString(), version, appliedVersion };
}

import Table from 'cli-table3';
import { maskPhone } from '@optout-sync/shared/domain';
import type { ReviewEntry } from '@optout-sync/shared/review';

/** A table of the messages to review, with phones masked. */
export function entriesTable(entries: readonly ReviewEntry[]): string {
  const table = new Table({
    head: ['message', 'received', 'workspace', 'channel', 'phone', 'sender', 'rule'],
    style: { head: [], border: [] },
  });
  for (const { messageSid, receivedAt, workspace, channel, phone, sender, phrase } of entries) {
    const received = new Date(receivedAt).toISOString();
    table.push([messageSid, received, workspace, channel, maskPhone(phone), sender, phrase ?? '']);
  }
  return table.toString();
}

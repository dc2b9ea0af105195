import type { ReviewEntry } from '@optout-sync/shared/review';
import { phoneText, type PhoneOptions } from '../frame/phones';
import { tableText } from '../frame/table';
import type { Terminal } from '../frame/terminal';

/** A table of the messages to review. */
export function entriesTable(
  terminal: Terminal,
  entries: readonly ReviewEntry[],
  options: PhoneOptions,
): string {
  const shown = phoneText(options);
  return tableText(
    terminal,
    ['message', 'received', 'workspace', 'channel', 'phone', 'sender', 'rule'],
    entries.map(({ messageSid, receivedAt, workspace, channel, phone, sender, phrase }) => {
      const received = new Date(receivedAt).toISOString();
      return [messageSid, received, workspace, channel, shown(phone), sender, phrase ?? ''];
    }),
  );
}

import type { OptOut } from '@optout-sync/operations';
import { phoneText, type PhoneOptions } from '../frame/phones';
import { tableText } from '../frame/table';
import type { Terminal } from '../frame/terminal';

/** A table of ledger entries. */
export function optOutTable(terminal: Terminal, optOuts: readonly OptOut[], options: PhoneOptions): string {
  const shown = phoneText(options);
  return tableText(
    terminal,
    [
      'phone',
      'channel',
      'workspace',
      'state',
      'since',
      'reason',
      'stopped senders',
      'in Customer.io',
      'people',
    ],
    optOuts.map(({ subject, entry, now }) => [
      shown(subject.phone),
      subject.channel,
      subject.workspace,
      now.state,
      new Date(now.since).toISOString(),
      now.reasons.join('\n'),
      now.stoppedSenders.join('\n'),
      `version ${String(entry.appliedVersion)} of ${String(entry.version)}`,
      String(entry.people.length),
    ]),
  );
}

/** A ledger entry as `--json` prints it. */
export function optOutJson({ subject, entry, now }: OptOut): Record<string, unknown> {
  const { version, appliedVersion, people } = entry;
  return { ...subject, ...now, version, appliedVersion, writtenTo: people.length };
}

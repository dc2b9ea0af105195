import Table from 'cli-table3';
import type { Subject } from '@optout-sync/shared/domain';
import type { LedgerConsent, LedgerEntry, Note } from '@optout-sync/shared/ledger';

/** A time in ms since 1970 as ISO 8601. */
const iso = (at: number): string => new Date(at).toISOString();

/** `+14155550123 (sms, workspace default)` */
export function subjectText({ phone, channel, workspace }: Subject): string {
  return `${phone} (${channel}, workspace ${workspace})`;
}

/** `stopped since 2026-02-25T09:59:58.000Z (webhook)` */
export function consentText(consent: LedgerConsent | undefined): string {
  return consent
    ? `${consent.state} since ${iso(consent.occurredAt)} (${consent.source})`
    : 'has heard neither STOP nor START';
}

/** A ledger entry for people: its senders, how far Customer.io is, and the history, oldest first. */
export function entryText(subject: Subject, entry: LedgerEntry): string {
  const senders = new Table({
    head: ['sender', 'state', 'since', 'source'],
    style: { head: [], border: [] },
  });
  for (const [sender, { state, occurredAt, source }] of entry.senders) {
    senders.push([sender, state, iso(occurredAt), source]);
  }
  const history = new Table({
    head: ['when', 'kind', 'sender', 'source', 'outcome', 'note', 'message'],
    style: { head: [], border: [] },
  });
  for (const event of entry.history) {
    history.push([
      iso(event.occurredAt),
      event.kind,
      event.sender,
      event.source,
      event.outcome,
      noteText(event.note),
      event.messageSid,
    ]);
  }
  return [
    subjectText(subject),
    entry.senders.size > 0 ? senders.toString() : 'No sender has heard STOP or START.',
    `Customer.io ${appliedText(entry)}`,
    history.toString(),
  ].join('\n');
}

function appliedText({ version, appliedVersion, people, history }: LedgerEntry): string {
  if (version === 0) return 'holds nothing of it, and need not.';
  const holds = `holds version ${String(appliedVersion)} of ${String(version)}`;
  const told = `${String(people.length)} ${people.length === 1 ? 'person' : 'people'}`;
  if (version === appliedVersion) return `${holds}, written to ${told}.`;
  return history.some(({ outcome }) => outcome === 'dead_lettered')
    ? `${holds}: the rest waits in the dead letters for you.`
    : `${holds}: the rest is on its way.`;
}

function noteText(note: Note | undefined): string {
  if (!note) return '';
  const { by, why, phrase } = note;
  return [by && `by ${by}`, why, phrase && `rule ${phrase}`].filter(Boolean).join('; ');
}

/** A ledger entry for programs. Times in ms since 1970; `null` for one there is not. */
export function entryJson(subject: Subject, entry: LedgerEntry | undefined): unknown {
  return {
    ...subject,
    entry: entry
      ? { ...entry, senders: [...entry.senders].map(([sender, consent]) => ({ sender, ...consent })) }
      : null,
  };
}

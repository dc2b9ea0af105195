import type { Subject } from '@optout-sync/shared/domain';
import type { LedgerEntry } from '@optout-sync/shared/ledger';
import { consentText, subjectText } from './entry-text';

/** What an operator asks for. */
export interface Intent {
  readonly subject: Subject;
  readonly sender: string;
  readonly state: 'stopped' | 'started';
  readonly by: string;
  readonly why: string;
}

/** What an override would change, for the operator to look at first. */
export function previewText(intent: Intent, entry: LedgerEntry | undefined): string {
  const { sender, state, by, why } = intent;
  const present = entry?.senders.get(sender);
  const others = [...(entry?.senders.keys() ?? [])].filter((other) => other !== sender);
  return [
    subjectText(intent.subject),
    `now:      ${sender} ${consentText(present)}`,
    `would be: ${sender} ${state} by hand, by ${by}: ${why}`,
    ...(present?.state === state ? [`It is ${state} already: only who and why would be added.`] : []),
    ...(!present && others.length > 0 ? [`Senders that are known here: ${others.join(', ')}`] : []),
    ...caveat(intent),
    'Nothing was done. Repeat it with --yes to do it.',
  ].join('\n');
}

/** What was enqueued, and where its outcome shows. */
export function enqueuedText(intent: Intent, messageSid: string): string {
  const { subject, sender, state, by, why } = intent;
  return [
    `Enqueued ${messageSid}: ${subjectText(subject)}, ${sender} ${state} by hand, by ${by}: ${why}`,
    ...caveat(intent),
    '`optouts show` tells what became of it.',
  ].join('\n');
}

function caveat({ state }: Intent): string[] {
  return state === 'started'
    ? [
        'Twilio keeps a list of its own: while the number is on it, the next send fails (21610) and brings the opt-out back.',
      ]
    : [];
}

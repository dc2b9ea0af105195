import type { OverrideRequest } from '@optout-sync/operations';
import type { LedgerEntry } from '@optout-sync/shared/ledger';
import { NOTHING_DONE } from '../frame/options';
import { subjectText } from '../frame/subject-text';
import { consentText } from './entry-text';

/** What an override would change. */
export function previewText(request: OverrideRequest, entry: LedgerEntry | undefined): string {
  const { sender, state } = request;
  const present = entry?.senders.get(sender);
  const others = [...(entry?.senders.keys() ?? [])].filter((other) => other !== sender);
  return [
    subjectText(request.subject),
    `now:      ${sender} ${consentText(present)}`,
    `would be: ${sender} ${state} by hand`,
    ...(present?.state === state ? [`It is already ${state}: only who and why would be added.`] : []),
    ...(!present && others.length > 0 ? [`Senders in the ledger for this phone: ${others.join(', ')}`] : []),
    ...caveat(request),
    NOTHING_DONE,
  ].join('\n');
}

/** What was enqueued, and where to see its outcome. */
export function enqueuedText(request: OverrideRequest, messageSid: string): string {
  const { subject, sender, state } = request;
  return [
    `Enqueued ${messageSid}: ${subjectText(subject)}, ${sender} ${state} by hand`,
    ...caveat(request),
    '`optout-sync optouts show` shows its outcome.',
  ].join('\n');
}

function caveat({ state }: OverrideRequest): string[] {
  return state === 'started'
    ? [
        'Twilio has its own list of opt-outs. While the number is on it, the next send fails (error 21610) and restores the opt-out here.',
      ]
    : [];
}

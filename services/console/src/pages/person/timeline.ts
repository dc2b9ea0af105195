import type { Reason } from '@optout-sync/shared/domain';
import { messageReason, type LedgerEntry } from '@optout-sync/shared/ledger';
import type { Finding } from '@optout-sync/shared/reconcile';
import type { SentAfterEntry } from '@optout-sync/shared/sent-after';

/** Something that happened to a phone. Times in ms since 1970. */
export type Moment = { readonly at: number } & (
  | {
      readonly kind: 'message';
      readonly message: LedgerEntry['history'][number];
      /** Why it changed consent, if it did. */
      readonly reason: Reason | undefined;
    }
  /** Customer.io held a version. */
  | { readonly kind: 'applied'; readonly version: LedgerEntry['versions'][number] }
  /** A comparison wrote what differed. */
  | { readonly kind: 'corrected'; readonly write: NonNullable<LedgerEntry['laterWrites']>[number] }
  | { readonly kind: 'read' }
  | { readonly kind: 'drift'; readonly finding: Finding }
  /** A message of ours left after an opt-out. */
  | { readonly kind: 'sent_after'; readonly sent: SentAfterEntry }
);

/** Everything that is stored of what happened to a phone, the latest first. Of reads only the last one is stored. */
export function timelineOf(
  entry: LedgerEntry,
  {
    findings,
    sentAfter,
  }: { readonly findings: readonly Finding[]; readonly sentAfter: readonly SentAfterEntry[] },
): Moment[] {
  const moments: Moment[] = [
    ...entry.history.map((message): Moment => ({
      at: message.occurredAt,
      kind: 'message',
      message,
      reason: messageReason(message),
    })),
    ...entry.versions.flatMap((version): Moment[] =>
      version.appliedAt === undefined ? [] : [{ at: version.appliedAt, kind: 'applied', version }],
    ),
    ...(entry.laterWrites ?? []).map((write): Moment => ({ at: write.at, kind: 'corrected', write })),
    ...(entry.readAt === undefined ? [] : [{ at: entry.readAt, kind: 'read' } as const]),
    ...findings.map((finding): Moment => ({ at: finding.foundAt, kind: 'drift', finding })),
    ...sentAfter.map((sent): Moment => ({ at: sent.sentAt, kind: 'sent_after', sent })),
  ];
  return moments.sort((a, b) => timeOf(b) - timeOf(a));
}

/** A damaged time is the oldest. */
const timeOf = ({ at }: Moment): number => (Number.isFinite(at) ? at : -Infinity);

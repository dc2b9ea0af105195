import type { JobStores } from '@optout-sync/shared/dead-letters';
import type { InboundEvent, Subject } from '@optout-sync/shared/domain';
import type { Recorded } from '@optout-sync/shared/ledger';
import { enqueueSyncs, type Lane } from '@optout-sync/shared/queues';
import type { UnappliedEntry, UnappliedIndex } from '@optout-sync/shared/reconcile';
import type { ReviewEntry, ReviewList } from '@optout-sync/shared/review';
import type { RepeatedOptOuts } from './repeated-opt-outs';

export interface FollowUps {
  readonly reviews: Pick<ReviewList, 'add'>;
  readonly queues: JobStores;
  readonly unapplied: Pick<UnappliedIndex, 'addAll'>;
  readonly repeatedOptOuts: Pick<RepeatedOptOuts, 'confirm'>;
}

/** An event that is in the ledger. */
interface RecordedEvent {
  readonly event: InboundEvent;
  readonly subject: Subject;
  readonly recorded: Recorded;
}

/** Does what follows from recorded events: reviews, one sync of each phone that needs one, and comparisons. Safe to repeat. */
export async function followUp(
  { reviews, queues, unapplied, repeatedOptOuts }: FollowUps,
  all: readonly RecordedEvent[],
  lane: Lane,
): Promise<void> {
  const toReview = all.filter(({ event }) => event.kind === 'review');
  await Promise.all(toReview.map(({ event, subject }) => reviews.add(toReviewEntry(event, subject))));
  const due = new Map<string, UnappliedEntry & Pick<InboundEvent, 'traceparent'>>();
  for (const { subject, event, recorded } of all) {
    const key = `${subject.workspace} ${subject.channel} ${subject.phone}`;
    const isLiveStop = lane === 'live' && event.kind === 'stop';
    const present = due.get(key);
    if (!recorded.needsSync || (present && (present.isLiveStop || !isLiveStop))) continue;
    const { receivedAt, traceparent } = event;
    due.set(key, { subject, receivedAt, isLiveStop, traceparent });
  }
  const phones = [...due.values()];
  await unapplied.addAll(phones);
  await enqueueSyncs(
    queues,
    phones.map(({ subject, traceparent }) => ({ version: 1, ...subject, traceparent })),
    lane,
  );
  const repeated = all.filter(({ event, recorded }) => !recorded.needsSync && isRepeated(event, recorded));
  await Promise.all(repeated.map(({ subject, event }) => repeatedOptOuts.confirm(subject, event, lane)));
}

/** Whether an opt-out confirms one that is applied, or the ledger knows it and it is delivered again. */
function isRepeated({ kind, source }: InboundEvent, { confirms, result }: Recorded): boolean {
  // A backfill re-sends messages to correct their times only.
  return (
    confirms || (result === 'duplicate' && kind === 'stop' && source !== 'backfill' && source !== 'import')
  );
}

function toReviewEntry(
  { sender, messageSid, phrase, receivedAt }: InboundEvent,
  subject: Subject,
): ReviewEntry {
  return { ...subject, sender, messageSid, phrase, receivedAt };
}

import type { JobStores } from '@optout-sync/shared/dead-letters';
import type { WorkspaceOf } from '@optout-sync/shared/config';
import { JobError, InboundEvent, type Subject } from '@optout-sync/shared/domain';
import type { Ledger, Recorded, SettledEvent } from '@optout-sync/shared/ledger';
import { enqueueSync } from '@optout-sync/shared/queues';
import type { UnappliedIndex } from '@optout-sync/shared/reconcile';
import type { ReviewEntry, ReviewList } from '@optout-sync/shared/review';
import { parsePayload, type PayloadCodes } from '../runner/parse-payload';
import { storeDeadLetter, type DeadLetterEvents, type JobKind } from '../runner/job-kind';
import type { RepeatedOptOuts } from './repeated-opt-outs';

const CODES: PayloadCodes = {
  invalid: 'event_invalid',
  versionUnknown: 'event_version_unknown',
  valueUnknown: 'event_value_unknown',
};

export interface RecordEvents extends DeadLetterEvents {
  recorded(event: InboundEvent, result: Recorded['result']): void;
  /** Events that waited for Customer.io ended as stale by a later one. */
  superseded(events: readonly SettledEvent[]): void;
}

/**
 * Queue `inbound-events`: records an inbound event in the ledger, once, and enqueues a sync of the phone unless
 * Customer.io already holds everything recorded. An opt-out that confirms what Customer.io should hold may request a forced
 * sync. A crash between the two repeats both: the event is then a duplicate that still needs its sync.
 */
export function recordJob(context: {
  readonly ledger: Ledger;
  readonly reviews: Pick<ReviewList, 'add'>;
  readonly queues: JobStores;
  readonly unapplied: Pick<UnappliedIndex, 'add'>;
  readonly telemetry: RecordEvents;
  readonly workspaceOf: WorkspaceOf;
  readonly numbersOf: (service: string) => readonly string[];
  readonly repeatedOptOuts: Pick<RepeatedOptOuts, 'confirm'>;
}): JobKind<InboundEvent> {
  const { ledger, reviews, queues, unapplied, telemetry, workspaceOf, numbersOf, repeatedOptOuts } = context;
  return {
    parse: (raw) => parsePayload(InboundEvent, raw, CODES, 'the inbound event'),

    async run(event, lane) {
      const workspace = workspaceOf(event.accountSid);
      if (workspace === undefined) {
        throw new JobError(
          'misconfigured',
          'account_unknown',
          `account ${event.accountSid} is not configured`,
        );
      }
      const subject: Subject = { workspace, channel: event.channel, phone: event.phone };
      const { result, needsSync, confirms, superseded } = await ledger.record(
        subject,
        event,
        numbersOf(event.messagingServiceSid ?? ''),
      );
      if (event.kind === 'review') await reviews.add(toReviewEntry(event, subject));
      if (needsSync) {
        await unapplied.add(subject, event.receivedAt);
        await enqueueSync(queues, { version: 1, ...subject }, { lane });
      } else if (confirms || isSaidAgain(event, result)) {
        await repeatedOptOuts.confirm(subject, event, lane);
      }
      telemetry.recorded(event, result);
      telemetry.superseded(superseded);
      return result;
    },

    async onExhausted(job) {
      const { payload: event, raw } = job;
      const payload = event ? { type: 'event' as const, event } : { type: 'raw' as const, data: raw };
      const { deadLetter, id } = await storeDeadLetter(queues, 'record', job, payload);
      telemetry.deadLettered(deadLetter, id, event ? [event] : []);
    },
  };
}

/** Whether an opt-out that the ledger knows is delivered again. A backfill re-sends messages to correct their times only. */
function isSaidAgain({ kind, source }: InboundEvent, result: Recorded['result']): boolean {
  return result === 'duplicate' && kind === 'stop' && source !== 'backfill';
}

function toReviewEntry(
  { sender, messageSid, phrase, receivedAt }: InboundEvent,
  subject: Subject,
): ReviewEntry {
  return { ...subject, sender, messageSid, phrase, receivedAt };
}

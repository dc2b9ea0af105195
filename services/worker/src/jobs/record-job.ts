import type { JobStores } from '@optout-sync/shared/dead-letters';
import type { WorkspaceOf } from '@optout-sync/shared/config';
import { JobError, maskPhone, type InboundEvent, type Subject } from '@optout-sync/shared/domain';
import type { Ledger, Recorded, SettledEvent } from '@optout-sync/shared/ledger';
import { enqueueSplit, itemsOf, type Lane } from '@optout-sync/shared/queues';
import {
  storeDeadLetter,
  type DeadLetterEvents,
  type EventPlace,
  type JobKind,
  type RunningJob,
} from '../runner/job-kind';
import { CountOnce } from './count-once';
import { parseBatch, type ParsedBatch, type ParsedItem } from './inbound-batch';
import { followUp, type FollowUps } from './record-follow-up';

/** What the ledger made of an event at an attempt of its job. */
export interface RecordedResult {
  readonly event: InboundEvent;
  readonly workspace: string;
  readonly result: Recorded['result'];
  /** What the metrics count; undefined where another attempt counts the event. */
  readonly counted: Recorded['result'] | undefined;
}

export interface RecordEvents extends DeadLetterEvents {
  /** An attempt has recorded these events of a job. */
  recorded(
    events: readonly RecordedResult[],
    lane: Lane,
    job: Pick<RunningJob, 'attempt' | 'waitedMs'>,
  ): void;
  /** Events that waited for Customer.io ended as stale by a later one. */
  superseded(events: readonly SettledEvent[], place: EventPlace): void;
}

interface RecordContext extends FollowUps {
  readonly ledger: Pick<Ledger, 'recordAll'>;
  readonly queues: JobStores;
  readonly telemetry: RecordEvents;
  readonly workspaceOf: WorkspaceOf;
  readonly numbersOf: (service: string) => readonly string[];
}

/** An event that can be recorded. */
interface ReadyItem {
  readonly item: ParsedItem;
  readonly event: InboundEvent;
  readonly subject: Subject;
}

/** An event that is in the ledger. */
interface RecordedItem extends ReadyItem {
  readonly recorded: Recorded;
}

/**
 * Queue `inbound-events`: records the events of a job in the ledger, in their order and each once, and enqueues a sync of each
 * phone unless Customer.io already holds everything recorded. An opt-out that confirms what Customer.io should hold may request
 * a forced sync. A crash in between repeats the job: its events are then duplicates that still need their sync.
 *
 * Each event ends by itself. One that cannot be recorded is split off into a job of its own, which then waits or is
 * dead-lettered, and the others are done:
 *
 *   unknown account, form or word, invalid, or refused by Redis   split off, with the attempts of the job
 *   Redis fails, or refuses every event                           the whole job is repeated
 *   the job may kill workers, or is exhausted                     split into single events; see `processJob`
 */
export function recordJob(context: RecordContext): JobKind<ParsedBatch> {
  const { queues, telemetry } = context;
  const countOnce = new CountOnce();
  const splitOff = async (items: ParsedBatch, lane: Lane, { id, data }: Pick<RunningJob, 'id' | 'data'>) => {
    if (items.length > 0) await enqueueSplit(queues, { id, lane, data }, items);
  };
  return {
    parse: (_, data) => parseBatch(data),
    causes: (batch) => batch.map(({ event }) => event?.traceparent),

    async run(batch, lane, job) {
      const recorded = await record(context, batch);
      const ended = new Set(recorded.map(({ item }) => item));
      try {
        await followUp(context, recorded, lane);
        const left = batch.filter((item) => !ended.has(item));
        await splitOff(left, lane, job);
      } finally {
        // Last, so that a worker that dies before has not counted what the next one counts.
        report(telemetry, recorded, lane, job, countOnce.begin(job));
      }
      return recorded.map(({ item, recorded: { result } }) => ({ outcome: result, replayOf: item.replayOf }));
    },

    describe: (batch) => {
      const events = batch.flatMap(({ event }) => event ?? []);
      return {
        messageSids: events.map(({ messageSid }) => messageSid),
        phones: events.map(({ phone }) => maskPhone(phone)),
      };
    },

    async split(batch, lane, job) {
      if (batch.length === 1) return false;
      await splitOff(batch, lane, job);
      return true;
    },

    async onExhausted(job) {
      const { payload: [item] = [] } = job;
      const payload = item?.event
        ? { type: 'event' as const, event: item.event }
        : { type: 'raw' as const, data: itemsOf({ payload: job.raw })[0]?.raw };
      const { deadLetter, id } = await storeDeadLetter(queues, 'record', job, payload);
      telemetry.deadLettered(deadLetter, id, item?.event ? [item.event] : [], job.lane);
    },
  };
}

function report(
  telemetry: RecordEvents,
  all: readonly RecordedItem[],
  lane: Lane,
  job: RunningJob,
  count: ReturnType<CountOnce['begin']>,
): void {
  if (all.length === 0) return;
  const results = all.map(({ item, event, subject: { workspace }, recorded }) => ({
    event,
    workspace,
    result: recorded.result,
    counted: count(item.index, recorded),
  }));
  telemetry.recorded(results, lane, job);
  for (const { subject, recorded } of all) {
    telemetry.superseded(recorded.superseded, { workspace: subject.workspace, lane });
  }
}

/**
 * Records the events of a batch that can be recorded. Resolves with these.
 *
 * @throws {JobError} when the only event of the job cannot be recorded
 * @throws {Error} when Redis fails, or refuses every event
 */
async function record(
  { ledger, workspaceOf, numbersOf }: RecordContext,
  batch: ParsedBatch,
): Promise<RecordedItem[]> {
  const ready: ReadyItem[] = [];
  for (const item of batch) {
    const one = toReady(item, workspaceOf);
    if (!(one instanceof JobError)) ready.push(one);
    else if (batch.length === 1) throw one;
  }
  const results = await ledger.recordAll(
    ready.map(({ subject, event }) => ({
      subject,
      event,
      ownNumbers: numbersOf(event.messagingServiceSid ?? ''),
    })),
  );
  const [first, ...others] = results;
  if (first instanceof Error && others.every((result) => result instanceof Error)) throw first;
  return ready.flatMap((one, index) => {
    const result = results[index];
    return result === undefined || result instanceof Error ? [] : [{ ...one, recorded: result }];
  });
}

function toReady(item: ParsedItem, workspaceOf: WorkspaceOf): ReadyItem | JobError {
  const { event } = item;
  if (!event) return item.failure;
  const workspace = workspaceOf(event.accountSid, event.sender);
  if (workspace !== undefined) {
    return { item, event, subject: { workspace, channel: event.channel, phone: event.phone } };
  }
  const message = `account ${event.accountSid} is not configured`;
  return new JobError('misconfigured', 'account_unknown', message);
}

import type { DeadLetter, JobStores } from '@optout-sync/shared/dead-letters';
import { JobError, createBlockedSends, createClassifier } from '@optout-sync/shared/domain';
import {
  Turns,
  elementsOf,
  parseElement,
  toStreamRecord,
  type Classifiers,
  type Pause,
  type StreamRecord,
} from '@optout-sync/shared/event-streams';
import {
  RawBatch,
  enqueueInboundBatch,
  unpackRawBatch,
  type EnqueuedEvent,
} from '@optout-sync/shared/queues';
import { withTraceparent } from '@optout-sync/shared/tracing';
import { parsePayload, type PayloadCodes } from '../runner/parse-payload';
import { storeDeadLetter, type DeadLetterEvents, type JobKind } from '../runner/job-kind';

const CODES: PayloadCodes = {
  invalid: 'batch_invalid',
  versionUnknown: 'batch_version_unknown',
  valueUnknown: 'batch_value_unknown',
};

export interface BatchJobEvents extends DeadLetterEvents {
  /** Events of a large batch are stored in the queue of events or as dead letters. */
  batchEventsHandled(records: readonly StreamRecord[]): void;
  /** Events of a large batch are in the queue of events. */
  enqueued(events: readonly EnqueuedEvent[]): void;
}

interface BatchContext {
  readonly queues: JobStores;
  readonly telemetry: BatchJobEvents;
}

/** Events parsed before they are stored. */
const SLICE_EVENTS = 1_000;
/** Events stored at once: building the command for Redis must not keep the event loop. */
const STORED_AT_ONCE = 100;

/**
 * Queue `event-batches`: parses a batch of Event Streams that was too large for ingest, and stores its events as ingest does,
 * in slices of 1,000: those that concern consent in `inbound-events`, those that cannot be processed as dead letters. An event
 * whose account did not sign the batch becomes a dead letter.
 *
 * A crash repeats the whole batch. That is safe: the ledger knows an event that was recorded, and a dead letter is stored once.
 * A batch that is not JSON is a dead letter from where the text breaks; the events before are stored.
 */
export function batchJob({ queues, telemetry }: BatchContext): JobKind<RawBatch> {
  const turns = new Turns();
  return {
    parse: (raw) => parsePayload(RawBatch, raw, CODES, 'the large batch'),

    async run(batch) {
      const classifiers = {
        classify: createClassifier(batch.keywords),
        blockedSends: createBlockedSends(batch.blockedSends),
      };
      const text = await unpack(batch);
      await turns.take(async (pause) => {
        for await (const records of slicesOf(text, batch, classifiers, pause)) {
          for (let start = 0; start < records.length; start += STORED_AT_ONCE) {
            telemetry.enqueued(await store(queues, records.slice(start, start + STORED_AT_ONCE)));
          }
          telemetry.batchEventsHandled(records);
        }
      });
      return 'parsed';
    },

    describe: ({ id }) => ({ rawBatch: id }),
    causes: ({ traceparent }) => [traceparent],

    async onExhausted(job) {
      const { deadLetter, id } = await storeDeadLetter(queues, 'batch', job, { type: 'raw', data: job.raw });
      telemetry.deadLettered(deadLetter, id, []);
    },
  };
}

/** @throws {JobError} `batch_invalid` */
async function unpack(batch: RawBatch): Promise<Buffer> {
  try {
    return await unpackRawBatch(batch);
  } catch {
    throw new JobError('rejected', 'batch_invalid', 'the body of the large batch cannot be decompressed');
  }
}

/** @throws {JobError} `batch_invalid` where the text breaks */
async function* slicesOf(
  text: Buffer,
  { signedBy, receivedAt }: RawBatch,
  classifiers: Classifiers,
  pause: Pause,
): AsyncGenerator<StreamRecord[]> {
  const verified = new Set(signedBy);
  let slice: StreamRecord[] = [];
  for (const element of syntaxChecked(elementsOf(text))) {
    if (element) slice.push(toStreamRecord(parse(element), verified, receivedAt, classifiers));
    await pause();
    if (slice.length < SLICE_EVENTS) continue;
    yield slice;
    slice = [];
  }
  yield slice;
}

function* syntaxChecked(elements: Generator<Buffer | undefined>): Generator<Buffer | undefined> {
  try {
    yield* elements;
  } catch {
    throw notJson();
  }
}

function parse(element: Buffer): unknown {
  try {
    return parseElement(element);
  } catch {
    throw notJson();
  }
}

// Without the cause: its message quotes the body.
const notJson = (): JobError =>
  new JobError('rejected', 'batch_invalid', 'the large batch is not JSON in UTF-8');

async function store(queues: JobStores, records: readonly StreamRecord[]): Promise<EnqueuedEvent[]> {
  const events = records.flatMap(({ event }) => event ?? []);
  const deadLetters: DeadLetter[] = records.flatMap(({ deadLetter }) => deadLetter ?? []);
  const [enqueued] = await Promise.all([
    enqueueInboundBatch(queues, withTraceparent(events)),
    ...deadLetters.map((deadLetter) => queues.deadLetters.put(deadLetter)),
  ]);
  return enqueued;
}

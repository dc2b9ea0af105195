import { createHash } from 'node:crypto';
import type { InboundEvent } from '../domain/inbound-event';
import type { JobData } from './job-data';

/** The events of a job: enough to make the cost of a job small, few enough to be repeated when one of them kills a worker. */
export const MAX_BATCH_EVENTS = 50;
/** The JSON of the events of a job, in bytes. One event that is longer is a job of its own. */
export const MAX_BATCH_BYTES = 32_768;

/**
 * The payload of a job of `inbound-events`: events of one lane, in the order in which they arrived. Version 1 is a single event
 * as the payload itself; a worker that knows no other leaves a batch waiting.
 */
export interface InboundBatch {
  readonly version: 2;
  readonly events: readonly InboundEvent[];
}

/** An event of a job as it is stored, and the id of the dead letter that it was before a replay. */
export interface InboundItem {
  readonly raw: unknown;
  readonly replayOf?: string | undefined;
}

/** Returns the events of a job in their order, whichever version its payload has. Any other payload is one item. */
export function itemsOf({ payload, replayOf, eventReplayOf }: JobData<unknown>): readonly InboundItem[] {
  const { version, events } = (payload ?? {}) as { readonly version?: unknown; readonly events?: unknown };
  if (version !== 2 || !Array.isArray(events) || events.length === 0) return [{ raw: payload, replayOf }];
  return events.map((raw: unknown, index) => ({ raw, replayOf: eventReplayOf?.[index] ?? replayOf }));
}

/**
 * The id of a job, made of the source and kind of its messages. An add that timed out although Redis took it is therefore not
 * repeated while the job waits. A replay has jobs of its own, so that a delivery of the message does not wait behind it.
 * BullMQ refuses an id that is a number or has a colon.
 */
export function inboundJobId(events: readonly InboundEvent[], run = ''): string {
  const identity = events.map(({ messageSid, kind, source }) => [messageSid, kind, source]);
  const hash = createHash('sha256').update(JSON.stringify([run, identity]));
  return `b${hash.digest('hex').slice(0, 32)}`;
}

/** Cuts a list of items into batches, in their order: each of at most 50 events and 32 kB. */
export function cutBatches<Item extends { readonly event: InboundEvent }>(items: readonly Item[]): Item[][] {
  const [first, ...others] = items;
  if (!first) return [];
  if (others.length === 0) return [[first]];
  const batches: Item[][] = [];
  let bytes = Infinity;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item.event)) + 1;
    const last = batches.at(-1);
    if (last && last.length < MAX_BATCH_EVENTS && bytes + size <= MAX_BATCH_BYTES) {
      last.push(item);
      bytes += size;
    } else {
      batches.push([item]);
      bytes = size + BATCH_BYTES;
    }
  }
  return batches;
}

/** Of a batch without events: `{"version":2,"events":[]}`. */
const BATCH_BYTES = 25;

import { z } from 'zod';
import { DeadLetter } from '@optout-sync/shared/dead-letters';
import { InboundEvent } from '@optout-sync/shared/domain';
import { ForwardRequest, PeopleChange, RawBatch } from '@optout-sync/shared/queues';
import type { WriteBatch } from '../store/event-store';

/** The batch of one webhook in the spool. */
export interface SpooledBatch {
  /** When it was spooled, in ms since 1970. */
  readonly at: number;
  readonly batch: WriteBatch;
}

/**
 * The format on disk. Another version of ingest may have written it, so the names stay. A batch with changed people has
 * version 2, one with a large batch of Event Streams version 3: an older ingest, which would drop them, puts it into the dead
 * letters.
 */
const StoredBatch = z.object({
  version: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  at: z.number(),
  bundle: z.object({
    events: z.array(InboundEvent).optional(),
    letters: z.array(DeadLetter).optional(),
    forwards: z.array(ForwardRequest).optional(),
    people: z.array(PeopleChange).optional(),
    batches: z.array(RawBatch).optional(),
  }),
});

export function encode({ at, batch }: SpooledBatch): string {
  const { events, deadLetters, forwards, people, batches } = batch;
  const version = batches ? 3 : people ? 2 : 1;
  return JSON.stringify({ version, at, bundle: { events, letters: deadLetters, forwards, people, batches } });
}

/**
 * Decodes an item, `undefined` when its format is unknown. Returns the data as written, not as parsed by the schema: the
 * schema orders the fields, and a dead letter's id is a hash of its content in the order of its fields.
 */
export function decode(text: string): SpooledBatch | undefined {
  try {
    const content: unknown = JSON.parse(text);
    if (!StoredBatch.safeParse(content).success) return undefined;
    const { at, bundle } = content as z.infer<typeof StoredBatch>;
    const { events, letters: deadLetters, forwards, people, batches } = bundle;
    return {
      at,
      batch: { events, deadLetters, forwards, ...(people && { people }), ...(batches && { batches }) },
    };
  } catch {
    return undefined;
  }
}

/** One batch with the contents of all, in their order. */
export function mergeBatches(batches: readonly WriteBatch[]): WriteBatch {
  return {
    events: batches.flatMap(({ events = [] }) => events),
    deadLetters: batches.flatMap(({ deadLetters = [] }) => deadLetters),
    forwards: batches.flatMap(({ forwards = [] }) => forwards),
    people: batches.flatMap(({ people = [] }) => people),
    batches: batches.flatMap((batch) => batch.batches ?? []),
  };
}

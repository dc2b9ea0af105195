import { JobError } from '@optout-sync/shared/domain';
import { batchAnswer } from './answers';
import { bisectOnRejection, coalesce } from './batching';
import { notUnderstood } from './customerio-client';
import type { GuardedClient, SendOptions } from './guarded-client';
import type { SlotClass } from './rate-limiter';
import { safeErrorText } from './safe-error-text';

/** Attributes to set on one person. `timestamp` in Unix seconds: an older write never overwrites a newer one. */
interface AttributeWrite {
  readonly identifier: { readonly cio_id: string } | { readonly phone: string };
  readonly attributes: Readonly<Record<string, boolean | string | number>>;
  readonly timestamp: number;
}

/** Sets attributes of an existing person; never creates one. @throws {JobError} */
export type Writer = (write: AttributeWrite) => Promise<void>;

/** Keeps a batch below Customer.io's 500 kB even with its longest names (150 bytes) and values (1,000 bytes). */
const MAX_ITEMS = 300;
/** The status of a batch some of whose items are rejected. */
const MULTI_STATUS = 207;

/**
 * Creates a writer that joins the writes for many people into Track v2 batches. A rejected item fails alone.
 *
 * @param options.slot the class of its requests; default: live
 * @param options.maxItems people in a batch, where they have more attributes than two
 */
export function createWriter(client: GuardedClient, options: BatchOptions = {}): Writer {
  return createBatches(client, toItem, options);
}

/** An event of an existing person. */
interface EventWrite {
  readonly cioId: string;
  /** A ULID. Customer.io drops an event with one that it has already. */
  readonly id: string;
  readonly name: string;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly attributes: Readonly<Record<string, boolean | string>>;
}

/** Sends an event of an existing person; never creates one. @throws {JobError} */
export type EventWriter = (event: EventWrite) => Promise<void>;

/** The same for events of people. */
export function createEventWriter(client: GuardedClient, options: BatchOptions = {}): EventWriter {
  return createBatches(client, toEvent, { ...options, operation: 'events' });
}

interface BatchOptions {
  /** Its name in metrics and errors. One that is refused alone, as to keys that may not send events, blocks no other. */
  readonly operation?: string;
  readonly slot?: SlotClass | undefined;
  readonly maxItems?: number | undefined;
}

function createBatches<Write>(
  client: GuardedClient,
  toItemOf: (write: Write) => unknown,
  { operation = 'batch', slot, maxItems = MAX_ITEMS }: BatchOptions,
): (write: Write) => Promise<void> {
  async function send(writes: readonly Write[], options: SendOptions): Promise<(true | JobError)[]> {
    const errors = await client.send(
      {
        operation,
        method: 'POST',
        path: '/api/v2/batch',
        body: { batch: writes.map(toItemOf) },
        answer: batchAnswer,
      },
      options,
    );
    const results: (true | JobError)[] = writes.map(() => true);
    for (const { batch_index, reason, field } of errors) {
      if (batch_index >= writes.length) throw notUnderstood('an error of no item of the batch', MULTI_STATUS);
      const details = safeErrorText([reason, field].filter(Boolean).join(' '));
      results[batch_index] = new JobError('rejected', 'customerio_item_refused', `rejected (${details})`, {
        status: MULTI_STATUS,
        operation,
      });
    }
    return results;
  }

  const write = coalesce<Write, true>({
    client,
    operation,
    slot,
    maxBatch: maxItems,
    run: (writes, reservation) => bisectOnRejection(client, writes, send, { slot, reservation }),
  });
  return async (one) => {
    await write(one);
  };
}

function toItem({ identifier, attributes, timestamp }: AttributeWrite): unknown {
  return {
    type: 'person',
    action: 'identify',
    identifiers: identifier,
    attributes: { ...attributes, _update: true },
    timestamp,
  };
}

function toEvent({ cioId, id, name, timestamp, attributes }: EventWrite): unknown {
  return { type: 'person', action: 'event', identifiers: { cio_id: cioId }, id, name, timestamp, attributes };
}

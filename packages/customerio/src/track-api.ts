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
export function createWriter(
  client: GuardedClient,
  { slot, maxItems = MAX_ITEMS }: { readonly slot?: SlotClass; readonly maxItems?: number } = {},
): Writer {
  async function send(writes: readonly AttributeWrite[], options: SendOptions): Promise<(true | JobError)[]> {
    const errors = await client.send(
      {
        operation: 'batch',
        method: 'POST',
        path: '/api/v2/batch',
        body: { batch: writes.map(toItem) },
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
        operation: 'batch',
      });
    }
    return results;
  }

  const write = coalesce<AttributeWrite, true>({
    client,
    operation: 'batch',
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

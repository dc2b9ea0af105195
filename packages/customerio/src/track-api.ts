import { z } from 'zod';
import { JobError } from '@optout-sync/shared/domain';
import { coalesce, bisectOnRejection } from './batching';
import type { GuardedClient, Slot } from './guarded-client';

/** Attributes to set on one person. `timestamp` in Unix seconds: an older write never overwrites a newer one. */
interface AttributeWrite {
  readonly identifier: { readonly cio_id: string } | { readonly phone: string };
  readonly attributes: Readonly<Record<string, boolean | string>>;
  readonly timestamp: number;
}

/** Sets attributes. Never creates a person. Throws a Failure. */
export type Writer = (write: AttributeWrite) => Promise<void>;

/** Keeps a batch below 500 kB with the longest names (150 bytes) and values (1,000 bytes) that Customer.io takes. */
const MAX_ITEMS = 300;

const BatchAnswer = z.object({
  errors: z
    .array(z.object({ batch_index: z.number(), reason: z.string().nullish(), field: z.string().nullish() }))
    .nullish(),
});

/** A writer that sends many people's attributes in one Track v2 batch; an item that is refused fails alone. */
export function createWriter(client: GuardedClient): Writer {
  async function send(
    writes: readonly AttributeWrite[],
    slot: Slot | undefined,
  ): Promise<(true | JobError)[]> {
    const { status, data } = await client.send(
      {
        operation: 'batch',
        method: 'POST',
        path: '/api/v2/batch',
        body: { batch: writes.map(toItem) },
        answer: BatchAnswer,
      },
      slot,
    );
    const results: (true | JobError)[] = writes.map(() => true);
    for (const { batch_index, reason, field } of data.errors ?? []) {
      const why = [reason, field].filter(Boolean).join(' ');
      results[batch_index] = new JobError('refused', 'customerio_item_refused', `refused (${why})`, {
        status,
      });
    }
    return results;
  }

  const write = coalesce<AttributeWrite, true>({
    api: client,
    maxBatch: MAX_ITEMS,
    run: (writes, slot) => bisectOnRejection(writes, (part) => send(part, slot)),
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

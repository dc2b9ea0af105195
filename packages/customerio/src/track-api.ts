import { z } from 'zod';
import { JobError } from '@optout-sync/shared/domain';
import { coalesce, bisectOnRejection } from './batching';
import type { GuardedClient, Reservation } from './guarded-client';

/** Attributes to set on one person. `timestamp` in Unix seconds: an older write never overwrites a newer one. */
interface AttributeWrite {
  readonly identifier: { readonly cio_id: string } | { readonly phone: string };
  readonly attributes: Readonly<Record<string, boolean | string>>;
  readonly timestamp: number;
}

/** Sets attributes of an existing person; never creates one. @throws {JobError} */
export type Writer = (write: AttributeWrite) => Promise<void>;

/** Keeps a batch below Customer.io's 500 kB even with its longest names (150 bytes) and values (1,000 bytes). */
const MAX_ITEMS = 300;

const BatchResponse = z.object({
  errors: z
    .array(z.object({ batch_index: z.number(), reason: z.string().nullish(), field: z.string().nullish() }))
    .nullish(),
});

/** Creates a writer that joins the writes for many people into Track v2 batches. A rejected item fails alone. */
export function createWriter(client: GuardedClient): Writer {
  async function send(
    writes: readonly AttributeWrite[],
    reservation: Reservation | undefined,
  ): Promise<(true | JobError)[]> {
    const { status, data } = await client.send(
      {
        operation: 'batch',
        method: 'POST',
        path: '/api/v2/batch',
        body: { batch: writes.map(toItem) },
        schema: BatchResponse,
      },
      reservation,
    );
    const results: (true | JobError)[] = writes.map(() => true);
    for (const { batch_index, reason, field } of data.errors ?? []) {
      const details = [reason, field].filter(Boolean).join(' ');
      results[batch_index] = new JobError('refused', 'customerio_item_refused', `rejected (${details})`, {
        status,
      });
    }
    return results;
  }

  const write = coalesce<AttributeWrite, true>({
    client,
    maxBatch: MAX_ITEMS,
    run: (writes, reservation) => bisectOnRejection(writes, (part) => send(part, reservation)),
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

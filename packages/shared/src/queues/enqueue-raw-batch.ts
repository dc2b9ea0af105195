import type { Queues } from './queues';
import type { RawBatch } from './raw-batch';

/** Enqueues a batch that a worker parses. Repeating it while the batch waits adds nothing. */
export async function enqueueRawBatch({ batches }: Pick<Queues, 'batches'>, batch: RawBatch): Promise<void> {
  await batches.add('batch', { payload: batch }, { jobId: `rb-${batch.id}` });
}

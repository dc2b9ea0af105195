import type { Queue } from 'bullmq';
import { PRIORITY, type Lane } from './lane';

/**
 * Enqueues a payload that this process cannot parse, for a worker that can. Repeating it for the same dead letter and run
 * adds nothing while the job waits.
 *
 * @param options.replayOf the id of the dead letter that holds the payload
 */
export async function enqueueRaw(
  queue: Queue,
  payload: unknown,
  { lane, run, replayOf }: { readonly lane: Lane; readonly run: string; readonly replayOf: string },
): Promise<void> {
  const jobId = `raw-${replayOf}-${run}`;
  await queue.add('raw', { payload, run, replayOf }, { jobId, priority: PRIORITY[lane] });
}

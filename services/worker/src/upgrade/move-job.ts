import type { Job } from 'bullmq';
import {
  SyncRequest,
  enqueueDestination,
  enqueueSync,
  laneOfJob,
  type InboundBatch,
  type JobData,
} from '@optout-sync/shared/queues';
import type { WorkerContext } from '../context';
import type { Kind } from './shard-queues';

/**
 * Adds a job of a shard to the queue that its work has now. Whoever calls it removes the job afterwards. Safe to repeat: an
 * inbound event keeps its job id, and the ledger knows one that was recorded; a phone has one waiting job.
 *
 * @param dueAt in ms since 1970, of a delayed job
 */
export async function moveJob(
  { queues, marks, config }: Pick<WorkerContext, 'queues' | 'marks' | 'config'>,
  kind: Kind,
  job: Job<JobData<unknown>>,
  dueAt?: number,
): Promise<void> {
  if (kind.type === 'inbound') {
    // BullMQ counts the delay from the timestamp.
    const delay = dueAt === undefined ? 0 : Math.max(0, dueAt - job.timestamp);
    const opts = { ...idOf(job), priority: job.priority, timestamp: job.timestamp, delay };
    await queues.inbound.add(job.name, job.data as JobData<InboundBatch>, opts);
    return;
  }
  const { payload, run, replayOf } = job.data;
  const request = SyncRequest.safeParse(payload);
  const { workspace } = kind;
  if (!request.success) {
    // A later version wrote it: its worker understands it.
    const queue =
      kind.type === 'sync' ? queues.syncOf(workspace) : queues.destinationOf(kind.type, workspace);
    await queue.add(job.name, job.data as JobData<SyncRequest>, { ...idOf(job), priority: job.priority });
    return;
  }
  const options = { lane: laneOfJob(job), run, replayOf };
  if (kind.type !== 'sync') {
    await enqueueDestination(queues, kind.type, request.data, options);
    return;
  }
  // An old worker may write the phone at the same moment: compare what Customer.io holds.
  await marks.set(request.data, { reason: 'sweep', mode: config.reconcile.mode ?? 'enforce' });
  await enqueueSync(queues, request.data, options);
}

function idOf({ id }: Pick<Job, 'id'>): { jobId?: string } {
  return id === undefined ? {} : { jobId: id };
}

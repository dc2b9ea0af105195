import { setTimeout as delay } from 'node:timers/promises';
import type { Processor } from 'bullmq';
import type { StoredDeadLetter, JobStores } from '@optout-sync/shared/dead-letters';
import { enqueueReplay } from '@optout-sync/shared/queues';
import { awaitNewerWorker } from './await-newer-worker';
import { requeue } from './requeue';
import type { RequeueContext } from './requeue-context';
import { Rounds } from '../lib/rounds';
import type { JobEvents } from '../runner/process-job';
import type { WorkerPoolEvents } from '../runner/worker-pool';
import { Throttle } from './throttle';

/** Dead letters that are claimed and requeued together. */
const BATCH = 100;

export interface ReplayEvents {
  replayed(run: string, done: number, failed: number): void;
  replayEnded(run: string, state: string): void;
  /** Dead letters of a workspace or an account that nobody serves were not requeued, and stay. */
  replayUnserved(run: string, unserved: string, deadLetters: number): void;
}

/**
 * Queue `replays`: processes a replay run to its end; its states are described in shared/dead-letters/replay-runs.ts.
 * Safe to repeat: it starts with what a worker that died had claimed.
 *
 * @throws when the worker stops or Redis fails; the job is then retried
 */
export function replayJob(
  context: Omit<RequeueContext, 'queues'> & {
    readonly queues: JobStores;
    readonly telemetry: ReplayEvents & Pick<JobEvents, 'jobFailed'>;
    readonly stopping: AbortSignal;
  },
): Processor<unknown, string> {
  const { queues, telemetry, stopping } = context;
  const { runs } = queues;

  async function replay(run: string, deadLetters: readonly StoredDeadLetter[]): Promise<void> {
    if (deadLetters.length === 0) return;
    const skips = await requeue(context, deadLetters, run);
    const acks = deadLetters.map((stored, index) => {
      const skip = skips[index];
      return { ...stored, skip, skipReason: skip?.reason };
    });
    await runs.ack(run, acks);
    const unserved = acks.flatMap(({ skip }) => skip?.unserved ?? []);
    for (const name of new Set(unserved)) {
      telemetry.replayUnserved(run, name, unserved.filter((one) => one === name).length);
    }
    const failed = acks.filter(({ skipReason }) => skipReason !== undefined).length;
    telemetry.replayed(run, acks.length - failed, failed);
  }

  async function end(run: string, state: string | undefined): Promise<string> {
    await runs.release(run);
    telemetry.replayEnded(run, state ?? 'unknown');
    return state ?? 'unknown';
  }

  async function processRun(id: string): Promise<string> {
    // Read first: a run of a newer version is not started.
    await runs.get(id);
    const state = await runs.start(id);
    const run = await runs.get(id);
    if (state !== 'running' || !run) return end(id, state);
    await replay(id, await runs.reclaim(id));
    const throttle = new Throttle(run.rate);
    for (;;) {
      if (stopping.aborted) throw new Error('the worker is stopping; another one continues the run');
      const due = throttle.due(BATCH);
      if (due.count === 0) {
        await delay(due.waitMs, undefined, { signal: stopping });
        const state = (await runs.get(id))?.state;
        if (state !== 'running') return end(id, state);
        continue;
      }
      const claim = await runs.claim(run, due.count);
      if (claim.state !== 'running') return end(id, claim.state);
      await replay(id, claim.deadLetters);
      throttle.record(claim.deadLetters.length);
      if (claim.more) continue;
      // Left over where Redis got a claim twice, since the connection was lost.
      await replay(id, await runs.reclaim(id));
      return end(id, await runs.finish(id));
    }
  }

  return awaitNewerWorker(processRun, context);
}

type ResumeEvents = Pick<WorkerPoolEvents, 'consumerFailed'>;

/** In ms. A run that was created and not enqueued, since Redis or the process failed in between, waits no longer. */
const RESUME_EVERY_MS = 60_000;

/**
 * Enqueues all runs that have not ended, now and every minute.
 *
 * @returns stops it
 */
export function resumeRuns(
  {
    queues,
    telemetry,
  }: { readonly queues: Pick<JobStores, 'replays' | 'runs'>; readonly telemetry: ResumeEvents },
  everyMs = RESUME_EVERY_MS,
): () => Promise<void> {
  const rounds = new Rounds({
    everyMs,
    round: async () => {
      for (const run of await queues.runs.open()) await enqueueReplay(queues, run);
    },
    failed: (error) => {
      telemetry.consumerFailed(queues.replays.name, error as Error);
    },
    ended: () => Promise.resolve(),
  });
  rounds.start();
  return () => rounds.stop();
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Processor } from 'bullmq';
import type { StoredDeadLetter, ReplayRuns, JobStores } from '@optout-sync/shared/dead-letters';
import { enqueueReplay, type ReplayRequest } from '@optout-sync/shared/queues';
import type { ReplayEvents } from '../telemetry';
import { requeue } from './requeue';
import { Throttle } from './throttle';

/** Letters that are claimed and put back together. */
const TOGETHER = 100;

/**
 * `replays`: carries a replay run on to its end; its states stand in shared/dead-letters/replay-runs.ts. Safe to repeat: it
 * begins with what a worker that died had claimed. Throws when the worker stops, or Redis fails, and is then tried again.
 */
export function replayJob(deps: {
  readonly runs: ReplayRuns;
  readonly queues: JobStores;
  readonly events: ReplayEvents;
  readonly stopping: AbortSignal;
}): Processor<ReplayRequest, string> {
  const { runs, queues, events, stopping } = deps;

  async function replay(run: string, letters: readonly StoredDeadLetter[]): Promise<void> {
    if (letters.length === 0) return;
    const settled = await Promise.all(
      letters.map(async ({ id, deadLetter: letter }) => ({ id, skipReason: await requeue(queues, letter, run) })),
    );
    await runs.ack(run, settled);
    const failed = settled.filter(({ skipReason }) => skipReason !== undefined).length;
    events.replayed(run, settled.length - failed, failed);
  }

  async function end(run: string, state: string | undefined): Promise<string> {
    await runs.release(run);
    events.replayEnded(run, state ?? 'unknown');
    return state ?? 'unknown';
  }

  return async ({ data: { run: id } }) => {
    const state = await runs.start(id);
    const run = await runs.get(id);
    if (state !== 'running' || !run) return end(id, state);
    await replay(id, await runs.reclaim(id));
    const pace = new Throttle(run.rate);
    for (;;) {
      if (stopping.aborted) throw new Error('the worker stops; another one carries the run on');
      const due = pace.due(TOGETHER);
      if (due.count === 0) {
        await delay(due.waitMs, undefined, { signal: stopping });
        const state = (await runs.get(id))?.state;
        if (state !== 'running') return end(id, state);
        continue;
      }
      const taken = await runs.claim(run, due.count);
      if (taken.state !== 'running') return end(id, taken.state);
      await replay(id, taken.deadLetters);
      pace.took(taken.deadLetters.length);
      if (!taken.more) return end(id, await runs.finish(id));
    }
  };
}

/** Has all runs that are not over carried on, in case whoever made one died before asking for that. */
export async function resumeRuns(queues: Pick<JobStores, 'replays' | 'runs'>): Promise<void> {
  for (const run of await queues.runs.open()) await enqueueReplay(queues, run);
}

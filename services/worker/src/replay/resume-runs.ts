import { enqueueReplay, type Queues } from '@optout-sync/shared';

/** Has all runs that are not over carried on, in case whoever made one died before asking for that. */
export async function resumeRuns(queues: Pick<Queues, 'replays' | 'runs'>): Promise<void> {
  for (const run of await queues.runs.open()) await enqueueReplay(queues, run);
}

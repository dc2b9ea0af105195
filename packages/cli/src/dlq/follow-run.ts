import { setTimeout as delay } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import { isOver, type ReplayRun, type ReplayRuns } from '@optout-sync/shared/dead-letters';
import type { Terminal } from '../terminal';

const LOOK_MS = 200;
/** A run that no worker takes up is followed no longer. */
const UNTAKEN_MS = 30_000;

/**
 * Shows the progress of a run until it is over, in a terminal as a bar; workers carry it on, so stopping this stops nothing.
 * Gives the run as it is at last: still waiting when no worker took it up within 30 s.
 */
export async function followRun(
  run: ReplayRun,
  runs: ReplayRuns,
  { progress }: Terminal,
): Promise<ReplayRun> {
  const bar =
    progress &&
    new SingleBar({
      stream: progress,
      format: '{bar} {value} of {total} letters, {eta_formatted} left',
      hideCursor: true,
    });
  bar?.start(run.total, 0);
  const untaken = performance.now() + UNTAKEN_MS;
  let now = run;
  try {
    while (!isOver(now) && (now.state !== 'waiting' || performance.now() < untaken)) {
      await delay(LOOK_MS);
      now = (await runs.get(run.id)) ?? now;
      bar?.update(now.done + now.failed);
    }
  } finally {
    bar?.stop();
  }
  return now;
}

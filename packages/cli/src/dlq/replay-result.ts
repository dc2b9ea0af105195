import {
  followOutcomes,
  followReplay,
  getReplay,
  isDeadAgain,
  replayOutcomes,
  type ReplayOutcome,
  type Selection,
  type Stores,
} from '@optout-sync/operations';
import { readRoutes } from '@optout-sync/shared/config';
import { isOver, type ReplayRun } from '@optout-sync/shared/dead-letters';
import { stoppableJob } from '../frame/interrupt';
import { startProgress } from '../frame/progress';
import type { Terminal } from '../frame/terminal';
import { outcomesText, progressText, skipTexts } from '../runs/run-text';
import { PREVIEW_SIZE } from './dead-letter-text';
import { outcomeText } from './replay-text';

/** So many dead letters are looked at after a replay. */
export const MAX_CHECKED = 1_000;

/** A run that was waited for, and what became of its jobs as far as is known. */
export interface ReplayResult {
  readonly run: ReplayRun;
  /** By id, of the first 1,000. */
  readonly outcomes: ReadonlyMap<string, ReplayOutcome>;
  /** How many are dead letters again, as far as is known. */
  readonly deadAgain: number;
}

/** Waits for the end of a run, and a while for its outcomes. */
export async function followToEnd(
  terminal: Terminal,
  stores: Stores,
  started: ReplayRun,
  { first }: Selection,
): Promise<ReplayResult> {
  const resume = () => ({
    text: `The workers go on with it; \`optout-sync runs cancel ${started.id}\` ends it.`,
    command: `optout-sync runs show ${started.id}`,
  });
  return stoppableJob(terminal, resume, async (stop) => {
    const ended = await followWithProgress(terminal, stores, started, stop);
    if (!isOver(ended)) return { run: ended, outcomes: new Map(), deadAgain: 0 };
    const run = await followOutcomes(stores.queues, ended, stop);
    const { workspaceOf } = readRoutes(terminal.env);
    const outcomes = await replayOutcomes(stop.aborted ? [] : first, { ...stores, workspaceOf }, stop);
    const named = [...outcomes.values()].filter(isDeadAgain).length;
    return { run, outcomes, deadAgain: Math.max(named, run.outcomes.dead_lettered ?? 0) };
  });
}

async function followWithProgress(
  terminal: Terminal,
  { queues }: Stores,
  run: ReplayRun,
  stop: AbortSignal,
): Promise<ReplayRun> {
  const progress = startProgress(terminal, 'dead letters', run.total);
  try {
    return await followReplay(
      queues,
      run,
      ({ done, failed }) => {
        progress.update(done + failed, failed > 0 ? { 'cannot be replayed': failed } : {});
      },
      stop,
    );
  } finally {
    progress.end();
  }
}

/** Prints how a run ended. */
export async function printResult(
  terminal: Terminal,
  stores: Stores,
  { run, outcomes, deadAgain }: ReplayResult,
): Promise<void> {
  terminal.out(`${progressText(run)}.`);
  if (!isOver(run)) {
    terminal.out('No worker has started it. It starts by itself when a worker runs.');
    return;
  }
  const { skipReasons } = await getReplay(stores, run.id);
  for (const text of skipTexts(skipReasons)) terminal.out(text);
  if (run.total <= PREVIEW_SIZE) {
    for (const [id, outcome] of outcomes) terminal.out(`${id}: ${outcomeText(outcome)}`);
  } else {
    terminal.out(
      `So far: ${outcomesText(run)}. \`optout-sync runs show ${run.id}\` shows the final outcomes.`,
    );
  }
  if (deadAgain > 0) {
    const are = deadAgain === 1 ? 'is a dead letter' : 'are dead letters';
    terminal.out(`${String(deadAgain)} of ${String(run.total)} ${are} again: \`optout-sync dlq list\`.`);
  }
}

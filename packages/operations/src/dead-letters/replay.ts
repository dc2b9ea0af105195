import { setTimeout as delay } from 'node:timers/promises';
import {
  UnsupportedRunError,
  isOver,
  newRunId,
  type DeadLetterFilter,
  type ReplayRun,
  type ReplayRuns,
} from '@optout-sync/shared/dead-letters';
import { enqueueReplay } from '@optout-sync/shared/queues';
import { requireAuthor, type Author } from '../audit/author';
import { OperationError } from '../operation-error';
import type { Stores } from '../stores';
import { requireUnchanged, type PreviewedSet } from './previewed-set';

const POLL_MS = 200;
/** How long `followReplay` waits for a worker to start the run. */
const START_TIMEOUT_MS = 30_000;

/**
 * Creates a replay run and enqueues it for the workers. The audit trail is written first: once the run exists, workers carry
 * it out, even if this process crashes.
 *
 * @param options.rate dead letters per second at most
 * @throws {OperationError} `who_missing`
 */
export async function startReplay(
  { queues, audit }: Pick<Stores, 'queues' | 'audit'>,
  filter: DeadLetterFilter,
  options: Partial<Author> & { readonly rate?: number | undefined },
): Promise<ReplayRun> {
  requireAuthor(options);
  const set = { filter, ...(await queues.deadLetters.select(filter)) };
  return startRun({ queues, audit }, newRunId(), set, options);
}

/**
 * Creates a run like {@link startReplay} for the dead letters that were previewed, and no others.
 *
 * @param options.once a repetition with the same text, by the same author, of the same set is the same run
 * @throws {OperationError} `who_missing`, `selection_changed`
 */
export async function replayPreviewed(
  stores: Pick<Stores, 'queues' | 'audit'>,
  set: PreviewedSet,
  {
    once,
    ...options
  }: Partial<Author> & { readonly rate?: number | undefined; readonly once?: string | undefined },
): Promise<ReplayRun> {
  const { by } = requireAuthor(options);
  const id = newRunId(once === undefined ? undefined : JSON.stringify([by, once, set]));
  const present = once === undefined ? undefined : await stores.queues.runs.get(id);
  if (present) {
    // Redis may have failed before it was enqueued.
    if (!isOver(present)) await enqueueReplay(stores.queues, id);
    return present;
  }
  await requireUnchanged(stores, set);
  return startRun(stores, id, set, options);
}

async function startRun(
  { queues, audit }: Pick<Stores, 'queues' | 'audit'>,
  id: string,
  { filter, ...selected }: PreviewedSet,
  { rate, ...author }: Partial<Author> & { readonly rate?: number | undefined },
): Promise<ReplayRun> {
  const { by, why } = requireAuthor(author);
  const details = { run: id, filter, total: selected.count, ...(rate === undefined ? {} : { rate }) };
  await audit.add({ action: 'replay', by, why, details });
  const run = await queues.runs.create({ id, filter, by, why, rate, selected });
  await enqueueReplay(queues, run.id);
  return run;
}

/**
 * Waits until a run is over, or until 30 s have passed without a worker starting it. Workers carry the run out, so to stop
 * waiting does not stop the run.
 *
 * @param onProgress is called with the run after each poll
 * @param stop ends the waiting when it is aborted
 * @returns the run in its last known state
 */
export async function followReplay(
  { runs }: { readonly runs: Pick<ReplayRuns, 'get'> },
  run: ReplayRun,
  onProgress: (run: ReplayRun) => void,
  stop: AbortSignal = new AbortController().signal,
): Promise<ReplayRun> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  let current = run;
  while (!stop.aborted && !isOver(current) && (current.state !== 'waiting' || performance.now() < deadline)) {
    await delay(POLL_MS);
    current = (await runs.get(run.id)) ?? current;
    onProgress(current);
  }
  return current;
}

/** How long the jobs of a run may take after the last of them was requeued. */
const OUTCOMES_WAIT_MS = 20_000;

/**
 * Waits up to 20 s until the jobs that a run has requeued have ended.
 *
 * @param stop ends the waiting when it is aborted
 * @returns the run with the outcomes that are known
 */
export async function followOutcomes(
  { runs }: { readonly runs: Pick<ReplayRuns, 'get'> },
  run: ReplayRun,
  stop: AbortSignal = new AbortController().signal,
): Promise<ReplayRun> {
  const deadline = performance.now() + OUTCOMES_WAIT_MS;
  let current = (await runs.get(run.id)) ?? run;
  while (!stop.aborted && known(current) < current.done && performance.now() < deadline) {
    await delay(POLL_MS);
    current = (await runs.get(run.id)) ?? current;
  }
  return current;
}

/** Of how many requeued jobs the outcome is known. */
const known = ({ outcomes }: ReplayRun): number => Object.values(outcomes).reduce((sum, n) => sum + n, 0);

/** A run, and why dead letters of it were not replayed, by id (of 1,000 at most). */
interface RunDetails {
  readonly run: ReplayRun;
  readonly skipReasons: Readonly<Record<string, string>>;
}

/** The form of an id. The keys of a run begin with it and have parts after it. */
const RUN_ID = /^run-\w{1,64}$/;

/** @throws {OperationError} `run_not_found`, `run_unsupported` */
export async function getReplay({ queues }: Pick<Stores, 'queues'>, id: string): Promise<RunDetails> {
  const run = RUN_ID.test(id) ? await queues.runs.get(id).catch(asOperationError) : undefined;
  if (!run) throw new OperationError('run_not_found', `there is no replay run ${id}`, 'failed');
  return { run, skipReasons: await queues.runs.skipReasons(id) };
}

function asOperationError(error: unknown): never {
  if (!(error instanceof UnsupportedRunError)) throw error;
  throw new OperationError('run_unsupported', 'the run is of a newer release, or damaged', 'failed');
}

/**
 * Cancels a run. Jobs that it has requeued are carried out; the other dead letters stay.
 *
 * @throws {OperationError} `run_not_found`, `run_unsupported`, `run_over`, `who_missing`
 */
export async function cancelReplay(
  stores: Pick<Stores, 'queues' | 'audit'>,
  id: string,
  author: Partial<Author>,
): Promise<ReplayRun> {
  const { by, why } = requireAuthor(author);
  const { queues, audit } = stores;
  const { run } = await getReplay(stores, id);
  if (isOver(run)) throw new OperationError('run_over', `replay run ${id} is already ${run.state}`, 'failed');
  await audit.add({ action: 'replay_cancel', by, why, details: { run: id } });
  await queues.runs.cancel(id);
  return (await queues.runs.get(id)) ?? run;
}

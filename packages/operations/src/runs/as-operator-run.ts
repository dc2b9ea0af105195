import type { Author } from '../audit/author';
import { OperationError } from '../operation-error';
import type { Stores } from '../stores';
import type { OperatorRun } from './operator-run';

/** What a job needs to be seen and ended by others. */
interface Seen {
  /** Aborted by the caller's signal, or once somebody cancels the run. */
  readonly stop: AbortSignal;
  report(counts: Readonly<Record<string, number>>): void;
}

/**
 * Carries a job out as a run that is listed with its progress. A job without an author changes nothing, and is not listed.
 *
 * @param stop the caller's signal
 * @throws {OperationError} `run_cancelled` where somebody else cancelled it
 */
export async function asOperatorRun<Result>(
  { operatorRuns }: Pick<Stores, 'operatorRuns'>,
  {
    kind,
    author,
    details,
    stop,
  }: Pick<OperatorRun, 'kind' | 'details'> & {
    readonly author: Author | undefined;
    readonly stop: AbortSignal;
  },
  work: (seen: Seen) => Promise<Result>,
): Promise<Result> {
  if (!author) return work({ stop, report: () => undefined });
  const run = await operatorRuns.begin(kind, author, details);
  const either = AbortSignal.any([stop, run.cancelled]);
  const report = (counts: Readonly<Record<string, number>>): void => {
    run.report(counts);
  };
  const result = await work({ stop: either, report }).catch(async (error: unknown) => {
    await run.end('failed');
    throw error;
  });
  const isCancelled = run.cancelled.aborted && !stop.aborted;
  await run.end(either.aborted ? 'stopped' : 'ended');
  if (isCancelled) throw cancelled(kind);
  return result;
}

const cancelled = (kind: OperatorRun['kind']): OperationError =>
  new OperationError(
    'run_cancelled',
    `somebody cancelled the ${kind}. What it enqueued stays, and is skipped when the command is repeated`,
    'failed',
  );

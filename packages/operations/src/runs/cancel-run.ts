import { requireAuthor, type Author } from '../audit/author';
import { cancelReplay } from '../dead-letters/replay';
import { OperationError } from '../operation-error';
import type { Stores } from '../stores';
import { cancelPass } from '../verify/passes';
import { getRun } from './find-runs';
import type { Run } from './run';

/**
 * Cancels a run of any kind. What it did until then stays; a backfill or an import ends within a second or so.
 *
 * @throws {OperationError} `run_not_found`, `run_over`, `run_not_cancellable`, `who_missing`
 */
export async function cancelRun(
  stores: Pick<Stores, 'queues' | 'operatorRuns' | 'passes' | 'redis' | 'prefix' | 'audit'>,
  id: string,
  author: Partial<Author>,
): Promise<Run> {
  const { by, why } = requireAuthor(author);
  const { run } = await getRun(stores, id);
  if (run.isOver) throw new OperationError('run_over', `the run is already ${run.state}`, 'failed');
  if (!run.isCancellable) {
    throw new OperationError(
      'run_not_cancellable',
      run.kind === 'sweep'
        ? 'the sweep keeps opt-outs true and cannot be cancelled; RECONCILE_PERIOD says how often it runs'
        : 'it is ending already',
      'failed',
    );
  }
  if (run.kind === 'replay') await cancelReplay(stores, id, { by, why });
  else if (run.kind === 'sweep') await cancelPass(stores, String(run.details.workspace), { by, why });
  else {
    await stores.audit.add({ action: 'run_cancel', by, why, details: { run: id, kind: run.kind } });
    await stores.operatorRuns.cancel(id, by);
  }
  return (await getRun(stores, id)).run;
}

import { setTimeout as delay } from 'node:timers/promises';
import type { ReconcileMode } from '@optout-sync/shared/domain';
import { DriftKind, PassUnderWayError, type RequestedPass } from '@optout-sync/shared/reconcile';
import { requireAuthor, type Author } from '../audit/author';
import { OperationError } from '../operation-error';
import type { Stores } from '../stores';

const POLL_MS = 500;

/** Whether a pass is over. */
export function isPassOver({ state }: Pick<RequestedPass, 'state'>): boolean {
  return state === 'ended' || state === 'cancelled';
}

/**
 * Asks the workers to compare the whole ledger of a workspace with Customer.io. A pass of the same mode that waits or runs is
 * joined.
 *
 * @throws {OperationError} `pass_under_way` while one of the other mode waits or runs
 */
export async function requestPass(
  { passes }: Pick<Stores, 'passes'>,
  workspace: string,
  request: { readonly mode: ReconcileMode; readonly by: string },
): Promise<{ readonly pass: RequestedPass; readonly isNew: boolean }> {
  try {
    const { id, isNew } = await passes.request(workspace, request);
    return { pass: await readPass({ passes }, workspace, id), isNew };
  } catch (error) {
    throw error instanceof PassUnderWayError ? underWay(error.pass) : error;
  }
}

function underWay({ mode, by }: Pick<RequestedPass, 'mode' | 'by'>): OperationError {
  return new OperationError(
    'pass_under_way',
    `a pass in mode ${mode}, asked for by ${by}, is under way; wait for its end or cancel it`,
    'failed',
  );
}

/**
 * Asks the workers for a pass that opts out whoever should be. The audit trail is written first; a pass that is under way in the other
 * mode is refused before that.
 *
 * @throws {OperationError} `who_missing`, `pass_under_way`
 */
export async function requestCorrection(
  { passes, audit }: Pick<Stores, 'passes' | 'audit'>,
  workspace: string,
  author: Partial<Author>,
): Promise<{ readonly pass: RequestedPass; readonly isNew: boolean }> {
  const { by, why } = requireAuthor(author);
  const present = await passes.read(workspace);
  if (present && !isPassOver(present) && present.mode !== 'enforce') throw underWay(present);
  await audit.add({ action: 'pass', by, why, details: { workspace, mode: 'enforce' } });
  return requestPass({ passes }, workspace, { mode: 'enforce', by });
}

/**
 * Returns the latest pass that was asked for.
 *
 * @param id the pass that it has to be
 * @throws {OperationError} `pass_not_found` for none, `pass_replaced` when another one was asked for since
 */
export async function readPass(
  { passes }: Pick<Stores, 'passes'>,
  workspace: string,
  id?: string,
): Promise<RequestedPass> {
  const pass = await passes.read(workspace);
  if (!pass) {
    throw new OperationError(
      'pass_not_found',
      `no pass has been asked for in workspace ${workspace}`,
      'failed',
    );
  }
  if (id === undefined || pass.id === id) return pass;
  throw new OperationError(
    'pass_replaced',
    'the pass is over, and another one was asked for since',
    'failed',
  );
}

/**
 * Waits until a pass is over. To stop waiting does not stop the pass: workers carry it out, and one continues what another
 * left.
 *
 * @param onProgress is called with the pass after each poll
 * @param stop ends the waiting when it is aborted
 * @throws {OperationError} `pass_not_taken` when no worker has begun it within `takeMs`, `pass_replaced`
 */
export async function followPass(
  stores: Pick<Stores, 'passes'>,
  workspace: string,
  pass: RequestedPass,
  {
    takeMs,
    onProgress,
    stop,
  }: {
    readonly takeMs: number;
    readonly onProgress: (pass: RequestedPass) => void;
    readonly stop?: AbortSignal;
  },
): Promise<RequestedPass> {
  const startedAt = performance.now();
  for (;;) {
    const current = await readPass(stores, workspace, pass.id);
    onProgress(current);
    if (isPassOver(current) || stop?.aborted) return current;
    if (current.state === 'waiting' && performance.now() - startedAt >= takeMs) {
      throw new OperationError(
        'pass_not_taken',
        `no worker has begun the pass in ${String(takeMs / 1_000)} s: is one running, and with this workspace? ` +
          'The request stays; the next worker carries it out',
        'failed',
      );
    }
    await delay(POLL_MS);
  }
}

/**
 * Cancels the pass that is under way. What was compared and corrected until then stays.
 *
 * @throws {OperationError} `who_missing`, `pass_not_found`, `pass_over`
 */
export async function cancelPass(
  { passes, audit }: Pick<Stores, 'passes' | 'audit'>,
  workspace: string,
  author: Partial<Author>,
): Promise<RequestedPass> {
  const { by, why } = requireAuthor(author);
  const pass = await readOpenPass({ passes }, workspace);
  await audit.add({ action: 'pass_cancel', by, why, details: { workspace, pass: pass.id } });
  if (!(await passes.cancel(workspace, pass.id))) throw isOver(pass);
  return readPass({ passes }, workspace, pass.id);
}

/**
 * Returns the pass that is under way.
 *
 * @throws {OperationError} `pass_not_found`, `pass_over`
 */
export async function readOpenPass(
  stores: Pick<Stores, 'passes'>,
  workspace: string,
): Promise<RequestedPass> {
  const pass = await readPass(stores, workspace);
  if (isPassOver(pass)) throw isOver(pass);
  return pass;
}

const isOver = ({ state }: RequestedPass): OperationError =>
  new OperationError('pass_over', `the latest pass is already ${state}`, 'failed');

/** Returns how many people a pass found to differ and left as they are. */
export function uncorrected({ found, repaired }: Pick<RequestedPass, 'found' | 'repaired'>): number {
  return DriftKind.options.reduce((sum, kind) => sum + Math.max(0, found[kind] - repaired[kind]), 0);
}

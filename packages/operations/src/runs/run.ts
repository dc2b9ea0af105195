import { isOver, type DeadLetterFilter, type ReplayRun } from '@optout-sync/shared/dead-letters';
import type { PassCounts, PassState, RequestedPass } from '@optout-sync/shared/reconcile';
import type { OperatorRun } from './operator-run';

export const RUN_KINDS = ['replay', 'backfill', 'import', 'sweep'] as const;
export type RunKind = (typeof RUN_KINDS)[number];

/** A long job of any kind. Times in ms since 1970. */
export interface Run {
  /** Of a sweep `sweep.<workspace>`, or `pass.<workspace>` for one that an operator asked for: only the latest is stored. */
  readonly id: string;
  readonly kind: RunKind;
  /** In the words of its kind, such as `running`, `finished` or `lost`. */
  readonly state: string;
  readonly isOver: boolean;
  /** Whether an operator can end it. */
  readonly isCancellable: boolean;
  /** Empty for the sweep, which nobody asks for. */
  readonly by: string;
  readonly why: string;
  /** What it goes through: the filter of a replay, or the span, file or workspace. */
  readonly filter?: DeadLetterFilter;
  readonly details: Readonly<Record<string, unknown>>;
  readonly startedAt: number;
  readonly endedAt?: number | undefined;
  readonly progress: { readonly done: number; readonly total?: number | undefined; readonly unit: string };
  readonly counts: Readonly<Record<string, number>>;
}

export function replayAsRun(run: ReplayRun): Run {
  const { id, state, by, why, filter, rate, total, done, failed, skipped, createdAt, endedAt } = run;
  const ended = isOver(run);
  return {
    ...{ id, kind: 'replay', state, isOver: ended, isCancellable: !ended, by, why, filter, endedAt },
    details: rate === undefined ? {} : { 'per second at most': rate },
    startedAt: createdAt,
    progress: { done: done + failed, total, unit: 'dead letters' },
    counts: { requeued: done, failed, ...(ended && { skipped }), ...run.outcomes },
  };
}

export function operatorRunAsRun(run: OperatorRun): Run {
  const { id, kind, by, why, details, startedAt, endedAt, cancelledBy } = run;
  const isRunning = run.state === 'running';
  const { bytes, ofBytes, ...counts } = run.counts;
  const progress =
    kind === 'import'
      ? { done: bytes ?? 0, total: ofBytes, unit: 'bytes' }
      : { done: counts.messages ?? 0, unit: 'messages' };
  const isEnding = isRunning && cancelledBy !== undefined;
  return {
    ...{ id, kind, by, why, details, startedAt, endedAt, counts, progress },
    state: isEnding ? 'ending' : run.state,
    isOver: !isRunning,
    isCancellable: isRunning && !isEnding,
  };
}

export function passAsRun(workspace: string, pass: RequestedPass): Run {
  const ended = pass.state === 'ended' || pass.state === 'cancelled';
  return {
    ...{ id: `pass.${workspace}`, kind: 'sweep', state: pass.state, isOver: ended, isCancellable: !ended },
    ...{ by: pass.by, why: '', details: { workspace, mode: pass.mode } },
    startedAt: pass.startedAt ?? pass.requestedAt,
    endedAt: pass.endedAt,
    progress: { done: pass.checked, total: pass.estimated, unit: 'phones' },
    counts: passCounts(pass),
  };
}

/** `undefined` before the first sweep. */
export function sweepAsRun(workspace: string, pass: PassState): Run | undefined {
  if (pass.startedAt === undefined) return undefined;
  return {
    ...{ id: `sweep.${workspace}`, kind: 'sweep', by: '', why: '', isCancellable: false },
    state: pass.running ? 'running' : 'ended',
    isOver: !pass.running,
    details: { workspace, ...(pass.mode !== undefined && { mode: pass.mode }) },
    startedAt: pass.startedAt,
    endedAt: pass.running ? undefined : pass.endedAt,
    progress: { done: pass.checked, unit: 'phones' },
    counts: passCounts(pass),
  };
}

function passCounts(pass: {
  readonly examined: number;
  readonly found: PassCounts;
  readonly repaired: PassCounts;
}): Record<string, number> {
  const sum = (counts: PassCounts): number =>
    Object.values(counts).reduce((total, count) => total + count, 0);
  return { examined: pass.examined, differ: sum(pass.found), corrected: sum(pass.repaired) };
}

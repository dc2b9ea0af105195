import type { Stage } from './dead-letter';
import { failureKey } from './dead-letter-filter';
import { STAGE_CODES } from './stage-codes';

interface SetSize {
  readonly count: number;
  /** The earliest `lastFailedAt`, in ms since 1970. */
  readonly oldest?: number;
}

/** The dead letters that wait with the same stage and code. */
export interface FailureCount extends SetSize {
  readonly stage: Stage | 'unknown';
  readonly code: string;
}

/**
 * Counts the dead letters by stage and code, from the sizes of index sets. Those that only a set of their code holds are of an
 * earlier version: they count for the stage with that code where there is one, else as `unknown`. A code that this version does not know counts as
 * `unknown`.
 */
export async function countFailures(sizeOf: (set: string) => Promise<SetSize>): Promise<FailureCount[]> {
  const stages = Object.entries(STAGE_CODES) as [Stage, readonly string[]][];
  const codes = [...new Set(stages.flatMap(([, of]) => of))];
  const [all, byCode, byFailure] = await Promise.all([
    sizeOf('all'),
    Promise.all(codes.map(async (code) => ({ code, ...(await sizeOf(`code:${code}`)) }))),
    Promise.all(
      stages.flatMap(([stage, of]) =>
        of.map(async (code): Promise<FailureCount> => ({
          stage,
          code,
          ...(await sizeOf(failureKey(stage, code))),
        })),
      ),
    ),
  ]);
  const earlier = byCode.flatMap(({ code, count, oldest }) => {
    const of = byFailure.filter((failure) => failure.code === code);
    const rest = count - total(of);
    const [only, ...others] = of;
    const stage = only && others.length === 0 ? only.stage : 'unknown';
    return rest > 0 ? [{ stage, code, count: rest, ...(oldest !== undefined && { oldest }) } as const] : [];
  });
  const unknown = all.count - total(byCode);
  return merge([
    ...byFailure,
    ...earlier,
    ...(unknown > 0 ? [{ stage: 'unknown', code: 'unknown', ...all, count: unknown } as const] : []),
  ]);
}

const total = (sizes: readonly SetSize[]): number => sizes.reduce((sum, { count }) => sum + count, 0);

/** One for each stage and code. */
function merge(counts: readonly FailureCount[]): FailureCount[] {
  const merged = new Map<string, FailureCount>();
  for (const next of counts) {
    const key = `${next.stage} ${next.code}`;
    const { count = 0, oldest = Infinity } = merged.get(key) ?? {};
    const earliest = Math.min(oldest, next.oldest ?? Infinity);
    merged.set(key, {
      stage: next.stage,
      code: next.code,
      count: count + next.count,
      ...(earliest < Infinity && { oldest: earliest }),
    });
  }
  return [...merged.values()];
}

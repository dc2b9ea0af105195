import { kindOf, runSeeds } from './run-seeds';

/** Seeds that run at once. */
const BATCH = 80;

/**
 * Defines the model test of the reconciler. RECONCILE_MODEL_SEEDS, such as `7`, `1-200` or `3,9,20-30`, overrides the seeds; a
 * failure names those to run again.
 */
export function describeModel(seeds: string): void {
  const given = parseSeeds(process.env.RECONCILE_MODEL_SEEDS ?? seeds);
  describe('after one full pass everyone with a stopped number is opted out, and nobody else was written to', () => {
    it.each(batchesOf(given).map((batch) => ({ first: batch[0], batch })))(
      'for $batch.length seeds from $first on',
      async ({ batch }) => {
        const violations = await runSeeds(batch);
        const failed = [...new Set(violations.flatMap((text) => /seed (\d+)/.exec(text)?.[1] ?? []))].join(
          ',',
        );
        const text =
          violations.length === 0 ? '' : `RECONCILE_MODEL_SEEDS=${failed}\n${violations.join('\n')}`;
        expect(text).toBe('');
      },
    );
  });
}

function parseSeeds(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [first = NaN, last = first] = part.split('-').map(Number);
    if (!(last >= first))
      throw new Error(`RECONCILE_MODEL_SEEDS: ${part} is neither a seed nor a range like 1-200`);
    return Array.from({ length: last - first + 1 }, (_, n) => first + n);
  });
}

function batchesOf(seeds: readonly number[]): number[][] {
  const kinds = [...new Set(seeds.map(kindOf))].map((kind) => seeds.filter((seed) => kindOf(seed) === kind));
  return kinds.flatMap((ofKind) =>
    Array.from({ length: Math.ceil(ofKind.length / BATCH) }, (_, n) =>
      ofKind.slice(n * BATCH, (n + 1) * BATCH),
    ),
  );
}

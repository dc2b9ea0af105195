import { kindOf, runSeeds } from '../test-support/reconcile-model/run-seeds';

jest.setTimeout(300_000);

/** Seeds like `7`, `1-200` or `3,9,20-30`; a failure names those to run again. */
const SEEDS = process.env.RECONCILE_MODEL_SEEDS ?? '1-200';
/** Seeds that run at once. */
const BATCH = 80;

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

describe('after one full pass everyone with a stopped number is opted out, and nobody else was written to', () => {
  it.each(batchesOf(parseSeeds(SEEDS)).map((seeds) => ({ first: seeds[0], seeds })))(
    'for $seeds.length seeds from $first on',
    async ({ seeds }) => {
      const violations = await runSeeds(seeds);
      const failed = [...new Set(violations.flatMap((text) => /seed (\d+)/.exec(text)?.[1] ?? []))].join(',');
      expect(violations.length === 0 ? '' : `RECONCILE_MODEL_SEEDS=${failed}\n${violations.join('\n')}`).toBe(
        '',
      );
    },
  );
});

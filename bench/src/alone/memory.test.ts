import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryLimit } from '../benchmarks/memory';
import { runBenchmark } from '../run-benchmark';

jest.setTimeout(1_800_000);

/** Where this process may make no control group, the peak of the resident memory is compared with the limit instead. */
test('both services stay alive in 256 MiB with 100,000 queued events and 1,000 webhooks a second', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'optout-sync-memory-'));
  try {
    const context = { quick: false, rounds: 1, against: undefined, cores: undefined, folder };
    const { targets } = await runBenchmark(memoryLimit, { ...context, log: () => undefined });
    expect(targets).toEqual([
      expect.objectContaining({ what: 'ingest: MB at most', met: true }),
      expect.objectContaining({ what: 'worker: MB at most', met: true }),
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

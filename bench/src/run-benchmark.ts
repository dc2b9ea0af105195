import { Disposer } from '@optout-sync/shared/service';
import type { BenchContext, Benchmark, BenchmarkReport } from './harness/benchmark';
import { startRedis } from './harness/redis';

/** Runs one benchmark and stops everything that it started. */
export async function runBenchmark(
  benchmark: Benchmark,
  shared: Omit<BenchContext, 'redis' | 'after'>,
): Promise<BenchmarkReport> {
  const disposer = new Disposer();
  try {
    return await benchmark.run({
      ...shared,
      log: (line) => shared.log(`${benchmark.name}: ${line}`),
      async redis(appendfsync) {
        const redis = await startRedis(shared.cores?.others, appendfsync);
        disposer.add(() => redis.stop());
        return redis;
      },
      after: (work) => disposer.add(work),
    });
  } finally {
    await disposer.dispose();
  }
}

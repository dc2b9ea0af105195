import { Disposer } from '@optout-sync/shared/service';
import { startRedis } from './harness/bench-redis';
import type { Bench, Benchmark, Outcome } from './harness/benchmark';

/** Runs one benchmark and stops all that it started. */
export async function runBenchmark(
  benchmark: Benchmark,
  shared: Omit<Bench, 'redis' | 'after'>,
): Promise<Outcome> {
  const held = new Disposer();
  try {
    return await benchmark.run({
      ...shared,
      say: (line) => shared.say(`${benchmark.name}: ${line}`),
      async redis(appendfsync) {
        const redis = await startRedis(shared.cores?.others, appendfsync);
        held.add(() => redis.stop());
        return redis;
      },
      after: (work) => held.add(work),
    });
  } finally {
    await held.dispose();
  }
}

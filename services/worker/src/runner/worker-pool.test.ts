import { waitFor } from '@optout-sync/local-runtime/process';
import { provideRedis } from '@optout-sync/testkit';
import { openQueues } from '@optout-sync/shared/queues';
import { connectRedis, untilReady } from '@optout-sync/shared/redis';
import { WorkerPool } from './worker-pool';

describe('WorkerPool', () => {
  it('backs off from a Redis that refuses to give jobs, and consumes them once Redis does again', async () => {
    const server = await provideRedis({ log: () => undefined });
    const config = { mode: 'standalone', prefix: 'pool', url: server.url } as const;
    const connect = () => connectRedis(config, 'worker', () => undefined);
    const [redis, blocking] = [connect(), connect()];
    await untilReady(redis);
    const queues = openQueues(redis, 'pool');
    const telemetry = {
      consumerFailed: jest.fn(),
      consumerOpened: jest.fn(),
      jobStalled: jest.fn(),
      jobStarted: jest.fn(),
      jobEnded: jest.fn(),
    };
    const pool = new WorkerPool(blocking, telemetry);
    const refusals = async (): Promise<number> => {
      const counts = (await redis.info('commandstats')).matchAll(
        /cmdstat_eval.*?rejected_calls=(\d+),failed_calls=(\d+)/g,
      );
      return [...counts].reduce((sum, [, rejected, failed]) => sum + Number(rejected) + Number(failed), 0);
    };
    const done: string[] = [];
    try {
      for (const name of ['one', 'two']) await queues.replays.add(name, { version: 1, run: name } as never);
      await redis.config('SET', 'maxmemory', '1');
      const startedAt = performance.now();
      pool.consume(queues.replays, 5, (job) => {
        done.push(job.name);
        return Promise.resolve('');
      });
      await waitFor(async () => (await refusals()) >= 3, { what: 'three refusals', timeoutMs: 15_000 });
      expect(performance.now() - startedAt).toBeGreaterThan(900);
      await waitFor(() => pool.inactiveQueue() === 'replays', { what: 'the back-off' });

      await redis.config('SET', 'maxmemory', '0');
      await waitFor(() => done.length === 2, { what: 'both jobs' });
      await waitFor(() => pool.inactiveQueue() === undefined, { what: 'the end of the back-off' });
      expect(telemetry.consumerOpened.mock.calls).toEqual([['replays', 5]]);
      expect(telemetry.consumerFailed).toHaveBeenCalledWith('replays', expect.any(Error));
      expect(telemetry.jobStarted).toHaveBeenCalledTimes(2);
      await waitFor(() => telemetry.jobEnded.mock.calls.length === 2, { what: 'the end of both jobs' });
    } finally {
      await pool.close();
      for (const connection of [redis, blocking]) connection.disconnect();
      await server.stop();
    }
  });
});

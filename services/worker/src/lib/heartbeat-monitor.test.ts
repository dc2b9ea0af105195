import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { TcpProxy } from '@optout-sync/testkit';
import { HeartbeatMonitor } from './heartbeat-monitor';

const server = new URL(process.env.TEST_REDIS_URL ?? '');
const TIMES = { pingMs: 100, unresponsiveMs: 1_000 };

describe('HeartbeatMonitor', () => {
  let toRedis: TcpProxy;
  let heartbeat: HeartbeatMonitor;
  let redis: Redis;
  const open = (port: number): Redis =>
    new Redis({
      host: '127.0.0.1',
      port,
      retryStrategy: () => 20,
      connectTimeout: 100,
      disconnectTimeout: 20,
    }).on('error', () => undefined);
  /** Nothing passes and no connection is closed; existing connections stay dead after the network heals. */
  function swallow(): void {
    toRedis.strandAll();
    toRedis.blackhole();
  }
  /** All that is reported within the time that detection takes. */
  async function reports(): Promise<string[]> {
    const reported = new Set<string>();
    const until = performance.now() + 2 * TIMES.unresponsiveMs;
    await waitFor(
      () => {
        const report = heartbeat.unresponsive();
        if (report) reported.add(report);
        return performance.now() > until;
      },
      { what: 'time to pass' },
    );
    return [...reported];
  }

  beforeEach(async () => {
    toRedis = await TcpProxy.start({ port: Number(server.port) });
    heartbeat = new HeartbeatMonitor(TIMES);
    redis = heartbeat.watch('test', open(toRedis.port));
  });
  afterEach(async () => {
    heartbeat.stop();
    redis.disconnect();
    await toRedis.stop();
  });

  it('reports nothing while an idle connection responds', async () => {
    await redis.ping();
    expect(await reports()).toEqual([]);
  });

  it('reports a connection whose other end has vanished, until it responds again', async () => {
    await redis.ping();
    swallow();
    const report = await waitFor(() => heartbeat.unresponsive(), { what: 'the report' });
    expect(report).toMatch(/^no response from Redis for more than 1 s.*\(connections: test\)$/);
    toRedis.heal();
    redis.disconnect(true);
    await waitFor(() => heartbeat.unresponsive() === undefined, { what: 'a response' });
  });

  it('reports a connection that reconnects again and again without a response', async () => {
    await redis.ping();
    swallow();
    const reconnecting = setInterval(() => {
      redis.disconnect(true);
    }, 100);
    try {
      await waitFor(() => heartbeat.unresponsive(), { what: 'the report' });
    } finally {
      clearInterval(reconnecting);
    }
  });

  it('monitors the duplicates that are made for blocking reads', async () => {
    const direct = heartbeat.watch('direct', open(Number(server.port)));
    const duplicate = direct.duplicate({ port: toRedis.port });
    await duplicate.ping();
    swallow();
    await waitFor(() => heartbeat.unresponsive()?.endsWith('(connections: test; direct, blocking)'), {
      what: 'the report',
    });
    direct.disconnect();
    duplicate.disconnect();
  });

  it('reports nothing while connections to Redis are refused', async () => {
    await redis.ping();
    await toRedis.refuse();
    expect(await reports()).toEqual([]);
  });

  it('forgets a connection that was closed for good, until it is opened again', async () => {
    await redis.ping();
    redis.disconnect();
    expect(await reports()).toEqual([]);
    await redis.connect();
    await redis.ping();
    swallow();
    await waitFor(() => heartbeat.unresponsive(), { what: 'the report' });
  });

  it('reports nothing before the first response', async () => {
    redis.disconnect();
    swallow();
    const first = heartbeat.watch('first', open(toRedis.port));
    expect(await reports()).toEqual([]);
    first.disconnect();
  });
});

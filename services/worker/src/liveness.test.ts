import { Redis } from 'ioredis';
import { DEMO_PHONES, seedDemoPeople } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { TcpProxy } from '@optout-sync/testkit';
import { HeartbeatMonitor } from './lib/heartbeat-monitor';
import { saying, startHarness } from './test-support/worker-harness';

const server = new URL(process.env.TEST_REDIS_URL ?? '');
const TIMES = { beatMs: 100, silenceMs: 1_000 };

let toRedis: TcpProxy;
beforeEach(async () => {
  toRedis = await TcpProxy.start({ port: Number(server.port) });
});
afterEach(() => toRedis.stop());

/** Nothing comes through any more and nobody is told; the connections there are stay so, whatever is mended. */
function swallow(): void {
  toRedis.strandAll();
  toRedis.blackhole();
}

describe('the pulse of a connection to Redis', () => {
  let pulse: HeartbeatMonitor;
  let redis: Redis;
  const open = (port: number): Redis =>
    new Redis({
      host: '127.0.0.1',
      port,
      retryStrategy: () => 20,
      connectTimeout: 100,
      disconnectTimeout: 20,
    }).on('error', () => undefined);
  /** What was said to be silent for as long as it takes to notice. */
  async function silences(): Promise<string[]> {
    const said = new Set<string>();
    const until = performance.now() + 2 * TIMES.silenceMs;
    await waitFor(
      () => {
        const silence = pulse.silence();
        if (silence) said.add(silence);
        return performance.now() > until;
      },
      { what: 'time to pass' },
    );
    return [...said];
  }

  beforeEach(() => {
    pulse = new HeartbeatMonitor(TIMES);
    redis = pulse.watch('test', open(toRedis.port));
  });
  afterEach(() => {
    pulse.stop();
    redis.disconnect();
  });

  it('goes on while nobody uses the connection', async () => {
    await redis.ping();
    expect(await silences()).toEqual([]);
  });

  it('is missed when the other end has vanished without a word, and heard again once it is back', async () => {
    await redis.ping();
    swallow();
    const silence = await waitFor(() => pulse.silence(), { what: 'the silence' });
    expect(silence).toMatch(/^nothing heard from Redis for more than 1 s.*\(connections: test\)$/);
    toRedis.heal();
    redis.disconnect(true);
    await waitFor(() => pulse.silence() === undefined, { what: 'signs of life' });
  });

  it('is missed though the connection is opened again and again', async () => {
    await redis.ping();
    swallow();
    const opening = setInterval(() => {
      redis.disconnect(true);
    }, 100);
    try {
      await waitFor(() => pulse.silence(), { what: 'the silence' });
    } finally {
      clearInterval(opening);
    }
  });

  it('is listened for on the copies that are made for blocking reads', async () => {
    const direct = pulse.watch('direct', open(Number(server.port)));
    const copy = direct.duplicate({ port: toRedis.port });
    await copy.ping();
    swallow();
    await waitFor(() => pulse.silence()?.endsWith('(connections: test; direct, blocking)'), {
      what: 'the silence',
    });
    direct.disconnect();
    copy.disconnect();
  });

  it('is not missed while Redis is plainly away', async () => {
    await redis.ping();
    await toRedis.refuse();
    expect(await silences()).toEqual([]);
  });

  it('is not missed before the first sign of life', async () => {
    redis.disconnect();
    swallow();
    const first = pulse.watch('first', open(toRedis.port));
    expect(await silences()).toEqual([]);
    first.disconnect();
  });
});

describe("a worker's /healthz", () => {
  it('fails while its Redis is silent, and passes when Redis is heard, be it to refuse', async () => {
    const harness = await startHarness({
      env: { REDIS_URL: `redis://127.0.0.1:${String(toRedis.port)}` },
      overrides: { pulse: new HeartbeatMonitor(TIMES) },
    });
    seedDemoPeople(harness.sandbox.workspace());
    const health = async (): Promise<[number, string]> => {
      const answer = await fetch(`http://127.0.0.1:${String(harness.worker.adminPort)}/healthz`);
      return [answer.status, await answer.text()];
    };
    expect((await health())[0]).toBe(200);
    swallow();
    await waitFor(async () => (await health())[0] === 503, { what: 'the silence' });
    expect((await health())[1]).toContain('nothing heard from Redis');
    await toRedis.refuse();
    await waitFor(async () => (await health())[0] === 200, { what: 'health without Redis' });
    toRedis.heal();
    await toRedis.accept();
    await harness.say(saying(DEMO_PHONES.single));
    await harness.settled(DEMO_PHONES.single);
    expect((await health())[0]).toBe(200);
    await harness.stop();
  });
});

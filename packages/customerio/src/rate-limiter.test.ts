import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { RateLimiter, type SlotClass } from './rate-limiter';
import { ACQUIRE_SLOT } from './rate-limiter-script';
import { BACKGROUND, RPS, pairOn, takeSlots as take } from './test-support/take-slots';

const connections = [0, 1].map(() => new Redis(process.env.TEST_REDIS_URL ?? ''));
afterAll(() => Promise.all(connections.map((redis) => redis.quit())));
const pair = (): RateLimiter[] => pairOn(connections);

/** When each of `count` requests, over both limiters, may be sent, in ms, ascending. */
async function times(limiters: readonly RateLimiter[], count: number): Promise<number[]> {
  const all = Array.from({ length: count }, async (_, n) => {
    await limiters[n % 2]?.acquire();
    return performance.now();
  });
  return (await Promise.all(all)).toSorted((a, b) => a - b);
}

describe('RateLimiter', () => {
  it('spaces the requests of two processes evenly, so that no second contains more than the rate', async () => {
    const startedAt = performance.now();
    await times(pair(), 2 * RPS);
    // With any burst, however it is refilled, twice the rate would take less time.
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual((2 * RPS - 1) * (1_000 / RPS));
  });

  it('lets a single request pass at once', async () => {
    const [limiter] = pair();
    const startedAt = performance.now();
    await limiter?.acquire();
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it('holds back all processes while it is paused', async () => {
    const limiters = pair();
    const startedAt = performance.now();
    await limiters[0]?.pause(700);
    const [first] = await times(limiters, 2);
    expect((first ?? 0) - startedAt).toBeGreaterThanOrEqual(690);
  });

  it('does not end a pause early for a shorter one', async () => {
    const limiters = pair();
    const startedAt = performance.now();
    await limiters[0]?.pause(700);
    await limiters[1]?.pause(1);
    await limiters[1]?.acquire();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(650);
  });
});

/** Blocks the event loop. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('a slot', () => {
  it('that is granted to a blocked process is not used', async () => {
    const limiter = new RateLimiter(connections[0]!, `test-${randomUUID()}`, 8);
    await limiter.acquire();
    for (let n = 0; n < 3; n++) {
      const acquired = limiter.acquire();
      await new Promise(setImmediate);
      block(400);
      const slot = await acquired;
      expect(slot.isFresh()).toBe(true);
    }
  });

  it('that is not used within its interval is replaced by a later one', async () => {
    const limiter = new RateLimiter(connections[0]!, `test-${randomUUID()}`, 8);
    const slot = await limiter.acquire();
    expect(await slot.renew()).toBe(slot);
    block(200);
    expect(slot.isFresh()).toBe(false);
    const renewed = await slot.renew();
    expect(renewed.isFresh()).toBe(true);
  });
});

describe('the background', () => {
  const INTERVAL = 1_000 / RPS;
  const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  it('gets all slots while nothing live is sent', async () => {
    const background = take(pair(), BACKGROUND);
    await delay(2_000);
    await background.stop();
    expect(background.taken.length).toBeGreaterThan(RPS);
    expect(background.taken.length).toBeLessThanOrEqual(2 * RPS + 6);
  });

  it('delays a live request by one slot at most', async () => {
    const limiters = pair();
    const background = take(limiters, BACKGROUND);
    await delay(300);
    const waits: number[] = [];
    for (let n = 0; n < 10; n++) {
      const startedAt = performance.now();
      await limiters[n % 2]!.acquire();
      waits.push(performance.now() - startedAt);
      await delay(150);
    }
    await background.stop();
    // The middle one: a busy machine delays some.
    expect(waits.toSorted((a, b) => a - b)[5]).toBeLessThan(2.5 * INTERVAL);
  });

  it('of one share does not delay what has none', async () => {
    const limiters = pair();
    await limiters[0]!.acquire({ lane: 'background', share: 0.01 });
    const waiting = limiters[0]!.acquire({ lane: 'background', share: 0.01 });
    const startedAt = performance.now();
    await limiters[0]!.acquire(BACKGROUND);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    await waiting;
  });

  it('waits while the limit is paused', async () => {
    const limiters = pair();
    const startedAt = performance.now();
    await limiters[0]!.pause(700);
    await limiters[1]!.acquire(BACKGROUND);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(690);
  });

  it('keeps both keys in one cluster slot, with and without a hash tag', async () => {
    // https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags
    const hashed = (key: string): string => /\{([^}]+)\}/.exec(key)?.[1] ?? key;
    for (const key of [`test-${randomUUID()}`, `{test}:${randomUUID()}`]) {
      const spy = jest.spyOn(connections[0]!, 'eval');
      await new RateLimiter(connections[0]!, key, RPS).acquire(BACKGROUND);
      const [, , ...keys] = spy.mock.calls[0] as unknown as [string, number, string, string];
      expect(new Set(keys.slice(0, 2).map(hashed)).size).toBe(1);
      spy.mockRestore();
    }
  });
});

describe('when the clock of Redis is set back by hours', () => {
  const HOURS = 3 * 3_600_000;
  const SHARED: SlotClass = { lane: 'background', share: 0.5 };
  const [redis] = connections as [Redis, Redis];
  let name: string;
  let limiter: RateLimiter;
  const lanes = () => `{${name}}:lanes`;
  beforeEach(() => {
    name = `test-${randomUUID()}`;
    limiter = new RateLimiter(redis, name, RPS);
  });

  /** Leaves in Redis what is there after the step: all times, and when the keys expire, are hours ahead. */
  async function setBack(): Promise<void> {
    const fields = await redis.hgetall(lanes());
    for (const [field, at] of Object.entries(fields)) {
      if (field !== 'pause') await redis.hset(lanes(), field, Number(at) + HOURS);
    }
    await redis.pexpire(lanes(), HOURS);
    await redis.set(name, Number(await redis.get(name)) + HOURS, 'PX', HOURS);
  }
  /** The answer of the script: whether a slot is granted, and after how many ms. */
  const ask = (lane: SlotClass['lane']) =>
    redis.eval(ACQUIRE_SLOT, 2, name, lanes(), 1_000 / RPS, lane, 0) as Promise<[number, number]>;

  it.each<SlotClass>([{ lane: 'live' }, { lane: 'prompt' }, BACKGROUND, SHARED])(
    'lets requests of the class %j pass soon',
    async (slotClass) => {
      await Promise.all([
        limiter.acquire(SHARED),
        limiter.acquire({ lane: 'prompt' }),
        limiter.acquire(BACKGROUND),
      ]);
      await Promise.all(Array.from({ length: 3 }, () => limiter.acquire()));
      // A live and a prompt request count as waiting.
      await redis.set(name, Date.now() + 500, 'PX', 500);
      await ask('live');
      await ask('prompt');
      expect(Object.keys(await redis.hgetall(lanes()))).toEqual(
        expect.arrayContaining(['live', 'prompt', 'background', 'waiting:prompt']),
      );
      await setBack();
      const startedAt = performance.now();
      for (let n = 0; n < 3; n++) await limiter.acquire(slotClass);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    },
  );

  it('ends a pause that was asked for before, also for requests that wait already', async () => {
    await limiter.pause(60_000);
    const waiting = limiter.acquire();
    expect((await ask('live'))[1]).toBeGreaterThan(55_000);
    await setBack();
    await waiting;
    await limiter.pause(60_000);
    expect((await ask('live'))[1]).toBeGreaterThan(55_000);
  });
});

describe('beside workers of version 0.1.0', () => {
  const [redis] = connections as [Redis, Redis];

  it('a pause holds back both', async () => {
    const name = `test-${randomUUID()}`;
    const limiter = new RateLimiter(redis, name, RPS);
    await limiter.pause(60_000);
    // That version reads and writes this key alone.
    expect(Number(await redis.get(name)) - Date.now()).toBeGreaterThan(55_000);
    await redis.del(`{${name}}:lanes`);
    await redis.set(name, Date.now() + 700, 'PX', 1_700);
    const startedAt = performance.now();
    await limiter.acquire();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(600);
  });
});

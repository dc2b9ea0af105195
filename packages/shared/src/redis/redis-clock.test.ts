import { Redis } from 'ioredis';
import { RedisClock } from './redis-clock';

const HOUR = 3_600_000;
let redis: Redis;
let clock: RedisClock;
let wrong: number[];
const realNow = Date.now.bind(Date);

beforeEach(() => {
  redis = new Redis(process.env.TEST_REDIS_URL ?? '');
  wrong = [];
  clock = new RedisClock({ mostApartMs: 60_000, onWrong: (ms) => wrong.push(ms) });
  clock.follow(redis);
});
afterEach(() => {
  jest.restoreAllMocks();
  redis.disconnect();
});

const setClock = (offset: number) => jest.spyOn(Date, 'now').mockImplementation(() => realNow() + offset);
/** Waits for the first sample: until then the clock of the machine counts. */
const sampled = async (): Promise<void> => {
  while (Math.abs(clock.now() - realNow()) >= 60_000) await new Promise((resolve) => setImmediate(resolve));
};

it.each([HOUR, -HOUR])(
  'is that of Redis while the clock of the machine is %d ms ahead, and says so once',
  async (offset) => {
    setClock(offset);
    await sampled();
    const times = Array.from({ length: 100 }, () => [clock.now(), realNow()] as const);
    for (const [time, real] of times) expect(Math.abs(time - real)).toBeLessThan(10_000);
    expect(times.map(([time]) => time)).toEqual(times.map(([time]) => time).toSorted((a, b) => a - b));
    expect(wrong).toHaveLength(1);
    expect(Math.abs((wrong[0] ?? 0) - offset)).toBeLessThan(60_000);
  },
);

it('notices a jump without asking Redis again, also when Redis is gone', async () => {
  setClock(HOUR);
  await sampled();
  setClock(0);
  const own = clock.now();
  expect(own - realNow()).toBeLessThanOrEqual(0);
  redis.disconnect();
  for (const offset of [2 * HOUR, -HOUR]) {
    setClock(offset);
    expect(Math.abs(clock.now() - realNow())).toBeLessThan(60_000);
    setClock(0);
    clock.now();
  }
  expect(wrong).toHaveLength(3);
});

it.each([-30_000, 0, 30_000])('is that of the machine while that is %d ms from Redis', async (offset) => {
  setClock(HOUR);
  await sampled();
  setClock(offset);
  const before = realNow() + offset;
  expect(clock.now()).toBeGreaterThanOrEqual(before);
  expect(clock.now()).toBeLessThanOrEqual(realNow() + offset);
});

it('says once that a clock is wrong which stays about as far from Redis as it may be', async () => {
  setClock(HOUR);
  await sampled();
  const offsets = [61_000, 58_000, 61_000, 58_000];
  for (const offset of offsets) {
    setClock(offset);
    expect(Math.abs(clock.now() - realNow())).toBeLessThan(10_000);
  }
  expect(wrong).toHaveLength(1);
  setClock(50_000);
  expect(clock.now() - realNow()).toBeGreaterThan(40_000);
  setClock(61_000);
  clock.now();
  expect(wrong).toHaveLength(2);
});

it('is that of the machine until Redis has answered', () => {
  redis.disconnect();
  const unconnected = new Redis('redis://127.0.0.1:1', { lazyConnect: true });
  const other = new RedisClock({ mostApartMs: 60_000, onWrong: () => undefined });
  other.follow(unconnected);
  setClock(HOUR);
  expect(other.now() - realNow()).toBeGreaterThan(HOUR - 60_000);
  unconnected.disconnect();
});

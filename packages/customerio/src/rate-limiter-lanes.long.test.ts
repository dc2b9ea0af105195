import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { BACKGROUND, RPS, pairOn, takeSlots as take } from './test-support/take-slots';

const connections = [0, 1].map(() => new Redis(process.env.TEST_REDIS_URL ?? ''));
afterAll(() => Promise.all(connections.map((redis) => redis.quit())));
const pair = () => pairOn(connections);

describe('the background', () => {
  it('gets a slot in twenty while live requests wait for all of them, and keeps to the rate with them', async () => {
    const limiters = pair();
    const live = take(limiters, { lane: 'live' });
    const background = take(limiters, BACKGROUND);
    await delay(4_000);
    await Promise.all([live.stop(), background.stop()]);
    // 5 % of 4 s at 40/s are 8.
    expect(background.taken.length).toBeGreaterThanOrEqual(6);
    expect(background.taken.length).toBeLessThanOrEqual(13);
    expect(live.taken.length).toBeGreaterThan(background.taken.length * 5);
    expect(live.taken.length + background.taken.length).toBeLessThanOrEqual(4 * RPS + 10);
  });

  it('keeps to its share, over all processes', async () => {
    const background = take(pair(), { lane: 'background', share: 0.25 });
    await delay(2_000);
    await background.stop();
    expect(background.taken.length).toBeGreaterThanOrEqual(12);
    expect(background.taken.length).toBeLessThanOrEqual(2 * RPS * 0.25 + 5);
  });

  it('gives way to prompt requests, but for its slot in twenty, and these to live ones', async () => {
    const limiters = pair();
    const prompt = take(limiters, { lane: 'prompt' });
    const background = take(limiters, { lane: 'background', share: 0.25 });
    await delay(2_000);
    expect(background.taken.length).toBeGreaterThanOrEqual(2);
    expect(prompt.taken.length).toBeGreaterThan(background.taken.length * 5);
    const before = [prompt.taken.length, background.taken.length] as const;
    const live = take(limiters, { lane: 'live' });
    await delay(4_000);
    await Promise.all([live.stop(), prompt.stop(), background.stop()]);
    // 5 % of 4 s at 40/s are 8.
    const others = [prompt, background].map(({ taken }, n) => taken.length - before[n]!);
    for (const taken of others) {
      expect(taken).toBeGreaterThanOrEqual(5);
      expect(taken).toBeLessThanOrEqual(14);
    }
    // Of what was granted, not of what 4 s allow: a busy machine grants less.
    const granted = live.taken.length + others[0]! + others[1]!;
    expect(live.taken.length / granted).toBeGreaterThan(0.7);
    const all = live.taken.length + prompt.taken.length + background.taken.length;
    expect(all).toBeLessThanOrEqual(6 * RPS + 14);
  });
});

import { connectRedis } from './connect';

describe('a connection to Redis', () => {
  it('does not keep the process alive after it is closed, even where Redis was never reachable', async () => {
    const redis = connectRedis(
      { mode: 'standalone', url: 'redis://127.0.0.1:9', prefix: 'optout' },
      'store',
      () => undefined,
    );
    await new Promise<void>((resolve) => redis.once('reconnecting', resolve));
    const timers = jest.spyOn(globalThis, 'setTimeout');
    redis.disconnect();
    const longest = Math.max(0, ...timers.mock.calls.map(([, ms]) => ms ?? 0));
    timers.mockRestore();
    expect(longest).toBeLessThan(500);
  });
});

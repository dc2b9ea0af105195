import { Redis } from 'ioredis';
import { openStores, runWith } from '../test-support/cli';

const { env, audit, close } = openStores();
const redis = new Redis(env.REDIS_URL ?? '');
afterAll(async () => {
  redis.disconnect();
  await close();
});

describe('audit', () => {
  it('lists entries of a later release and damaged ones among the others', async () => {
    await audit.add({ action: 'discard', by: 'Ann', why: 'a test', details: { phone: '+14155550123' } });
    const key = `${env.QUEUE_PREFIX ?? ''}:audit`;
    await redis.xadd(key, '*', 'action', 'of_later', 'by', 'Bob', 'why', 'x', 'details', '{"count":1}');
    await redis.xadd(key, '*', 'details', '{broken');
    const { code, out } = await runWith(env, 'audit', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      entries: [
        { action: 'unknown', by: '', why: '', details: { unreadable: '{broken' } },
        { action: 'of_later', by: 'Bob', details: { count: 1 } },
        { action: 'discard', by: 'Ann' },
      ],
    });
  });

  it('masks a phone that somebody wrote in any spelling, unless it is revealed', async () => {
    await audit.add({ action: 'discard', by: 'Ann 4155550123', why: 'asked by (415) 555-0123', details: {} });
    for (const json of [[], ['--json']]) {
      const masked = (await runWith(env, 'audit', '--action', 'discard', ...json)).out;
      expect(masked).toContain('asked by');
      expect(masked).not.toMatch(/555-?0123/);
      const { out } = await runWith(env, 'audit', '--action', 'discard', '--reveal', ...json);
      expect(out).toContain('asked by (415) 555-0123');
    }
  });
});

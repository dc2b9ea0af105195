import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { MessageLogProgress } from './message-log-progress';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

let progress: MessageLogProgress;
beforeEach(() => {
  progress = new MessageLogProgress(redis, `test-${randomUUID()}`);
});

describe('MessageLogProgress', () => {
  it('begins at the first reading, and continues where the last one ended', async () => {
    const begun = await progress.begin('AC1', 1_000);
    expect(begun).toEqual({ since: 1_000, until: 1_000 });
    expect(await progress.advance('AC1', begun, 2_000)).toBe(true);
    expect(await progress.begin('AC1', 9_000)).toEqual({ since: 1_000, until: 2_000 });
    await progress.begin('AC2', 5_000);
    expect(await progress.readAll()).toEqual(
      new Map([
        ['AC1', { since: 1_000, until: 2_000 }],
        ['AC2', { since: 5_000, until: 5_000 }],
      ]),
    );
  });

  it('does not advance from what another worker has passed', async () => {
    const begun = await progress.begin('AC1', 1_000);
    await progress.advance('AC1', begun, 2_000);
    expect(await progress.advance('AC1', begun, 1_500)).toBe(false);
    expect(await progress.begin('AC1', 0)).toEqual({ since: 1_000, until: 2_000 });
  });

  it('reads a period again, and goes on, where the clock of Redis was hours ahead and is set back', async () => {
    const PERIOD_MS = 300_000;
    const ahead = await progress.begin('AC1', 20_000_000, PERIOD_MS);
    await progress.advance('AC1', ahead, 20_100_000);
    const again = await progress.begin('AC1', 9_000_000, PERIOD_MS);
    expect(again).toEqual({ since: 8_700_000, until: 8_700_000 });
    expect(await progress.advance('AC1', again, 9_000_000)).toBe(true);
    expect(await progress.begin('AC1', 9_000_000 - 60_000, PERIOD_MS)).toEqual({
      since: 8_700_000,
      until: 9_000_000,
    });
  });
});

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { SenderLabels } from '@optout-sync/shared/sent-after';
import { SenderCounts } from './sender-counts';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

it('begins the series of a sender at 0, and adds to it once Prometheus has seen that', async () => {
  const counted: string[] = [];
  const counts = new SenderCounts({
    labels: new SenderLabels(redis, `test-${randomUUID()}`, () => undefined),
    scrapeMs: 200,
    telemetry: { senderCounted: (...args) => void counted.push(args.join(' ')) },
  });
  counts.add('sent', '+15005550006', 2);
  counts.add('sent', '+15005550006', 3);
  counts.add('optOuts', '+15005550006', 1);
  await counts.flush();
  expect(counted).toEqual(['sent 0006 0', 'optOuts 0006 0']);
  await waitFor(
    async () => {
      await counts.flush();
      await delay(5);
      return counted.length > 2;
    },
    { what: 'the counts' },
  );
  expect(counted.slice(2)).toEqual(['sent 0006 5', 'optOuts 0006 1']);
  counts.add('sent', '+15005550006', 1);
  await counts.flush();
  expect(counted.slice(4)).toEqual(['sent 0006 1']);
});

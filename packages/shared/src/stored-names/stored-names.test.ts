import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { openQueues, closeQueues } from '../queues/queues';
import { enqueueDestination, enqueueSync } from '../queues/enqueue';
import { Ledger } from '../ledger/ledger';
import { stop } from '../test-support/stops';
import { readStoredNames, unservedNames } from './stored-names';

describe('readStoredNames', () => {
  const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
  afterAll(() => {
    redis.disconnect();
  });

  it.each([
    ['', (prefix: string) => prefix],
    [' with the prefix of a cluster', (prefix: string) => `{${prefix}}`],
  ])(
    'finds every name with ledger entries, syncs or writes to destinations, and no other%s',
    async (_, queuePrefix) => {
      const prefix = `test-${randomUUID()}`;
      const ledger = new Ledger(redis, { prefix });
      for (const [workspace, n] of [
        ['default', 1],
        ['default', 2],
        ['shop', 3],
      ] as const) {
        const event = stop(n);
        await ledger.record({ workspace, channel: 'sms', phone: event.phone }, event);
      }
      const queues = openQueues(redis, queuePrefix(prefix));
      for (let n = 0; n < 6; n++) {
        const request = {
          version: 1,
          channel: 'sms',
          phone: stop(n).phone,
          workspace: n < 5 ? 'old-shop' : 'default',
        } as const;
        await enqueueSync(queues, request, { lane: n % 2 === 0 ? 'live' : 'background' });
      }
      queues.syncOf('empty');
      const waiting = { version: 1, channel: 'sms', phone: stop(9).phone, workspace: 'native-shop' } as const;
      for (const destination of ['native', 'campaign'] as const)
        await enqueueDestination(queues, destination, waiting);
      const names = await readStoredNames(redis, prefix);
      expect(names).toEqual({
        ledger: { default: 2, shop: 1 },
        queues: { 'old-shop': 5, default: 1, 'native-shop': 2 },
      });
      expect(unservedNames(names, new Set(['default']))).toEqual({
        ledger: { shop: 1 },
        queues: { 'old-shop': 5, 'native-shop': 2 },
      });
      await closeQueues(queues);
    },
  );

  it('ends when it is aborted', async () => {
    const stopping = new AbortController();
    stopping.abort(new Error('stopping'));
    await expect(readStoredNames(redis, 'x', { signal: stopping.signal })).rejects.toThrow('stopping');
  });
});

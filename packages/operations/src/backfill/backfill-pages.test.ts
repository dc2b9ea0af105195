import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import { createBlockedSends, createClassifier, DEFAULT_KEYWORDS } from '@optout-sync/shared/domain';
import { Ledger } from '@optout-sync/shared/ledger';
import { closeQueues } from '@optout-sync/shared/queues';
import { loggedInbound } from '@optout-sync/twilio-simulator';
import { MAX_REMEMBERED, backfillPages, type BackfillCounts } from './backfill-pages';
import { RecentSids } from './recent-sids';

const AT = new Date('2026-02-25T09:59:58Z');
const PAGE = 1_000;

describe('backfillPages', () => {
  let redis: Redis;
  let queues: JobStores;
  let ledger: Ledger;

  beforeEach(() => {
    const prefix = `test-${randomUUID()}`;
    redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
    queues = openJobStores(redis, prefix);
    ledger = new Ledger(redis, { prefix });
  });
  afterEach(async () => {
    await closeQueues(queues);
    redis.disconnect();
  });

  function run(
    pages: AsyncIterable<readonly unknown[]>,
    progress: (counts: Readonly<BackfillCounts>, remembered: number) => void = () => undefined,
  ): Promise<BackfillCounts> {
    const seen = new RecentSids(MAX_REMEMBERED);
    const deps = {
      queues,
      ledger,
      classify: createClassifier(DEFAULT_KEYWORDS),
      blockedSends: createBlockedSends(),
      workspaceOf: () => 'default',
      now: () => AT.getTime() + 1_000,
      progress: (counts: Readonly<BackfillCounts>) => {
        progress(counts, seen.size);
      },
    };
    return backfillPages(pages, deps, undefined, seen);
  }
  const message = (n: number, body = 'Hello') =>
    loggedInbound(AT, { body, sid: `SM${n.toString(16).padStart(32, '0')}` });
  async function* pagesOf(count: number): AsyncGenerator<unknown[]> {
    for (let page = 0; page < count; page++) {
      yield Array.from({ length: PAGE }, (_, n) => message(page * PAGE + n));
    }
    await Promise.resolve();
  }

  it('remembers a bounded number of messages, and takes one page at a time, however long the log is', async () => {
    let most = 0;
    let produced = 0;
    let ahead = 0;
    async function* counted(): AsyncGenerator<unknown[]> {
      for await (const page of pagesOf(60)) {
        produced += page.length;
        yield page;
      }
    }
    const counts = await run(counted(), ({ messages }, remembered) => {
      most = Math.max(most, remembered);
      ahead = Math.max(ahead, produced - messages);
    });
    expect(counts).toMatchObject({ messages: 60 * PAGE, inbound: 60 * PAGE, missing: 0 });
    expect(most).toBe(MAX_REMEMBERED);
    expect(ahead).toBe(0);
  });

  it('counts a message once that later pages list again, because others arrived meanwhile', async () => {
    async function* shifted(): AsyncGenerator<unknown[]> {
      yield [message(1, 'STOP'), message(2)];
      yield [message(2), message(1, 'STOP'), message(3)];
      await Promise.resolve();
    }
    expect(await run(shifted())).toMatchObject({ messages: 3, optOuts: 1, missing: 1 });
  });
});

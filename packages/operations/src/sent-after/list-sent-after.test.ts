import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { MessageLogProgress, SentAfterEntry, SentAfterLists } from '@optout-sync/shared/sent-after';
import { listSentAfter } from './list-sent-after';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
const prefix = `test-${randomUUID()}`;
const lists = new SentAfterLists(redis, prefix);
const messageLog = new MessageLogProgress(redis, prefix);
afterAll(() => redis.quit());

const AT = 1_772_013_598_000;
const [COMMON, RARE] = ['+15005550006', '+15005550007'];
const sidOf = (n: number): string => `SM${String(n).padStart(32, '0')}`;

async function add(n: number, from: string): Promise<void> {
  const entry = SentAfterEntry.parse({
    messageSid: sidOf(n),
    relation: 'same_sender',
    workspace: 'default',
    channel: 'sms',
    phone: '+14155550123',
    accountSid: `AC${'1'.repeat(32)}`,
    sender: from,
    from,
    sentAt: AT + n * 1_000,
    status: 'delivered',
    optOut: { messageSid: `SM${'a'.repeat(32)}`, sender: from, occurredAt: AT - 60_000 },
    foundAt: AT + n * 1_000,
  });
  await lists.add(entry);
}

describe('a page of a sender', () => {
  const query = { relation: 'same_sender', sender: RARE, limit: 1 } as const;
  beforeAll(async () => {
    for (let n = 0; n < 300; n++) await add(n, n === 5 || n === 3 ? RARE : COMMON);
  });

  it('is found in few reads of Redis, however small it is', async () => {
    let reads = 0;
    const sentAfter = new SentAfterLists(redis, prefix);
    const page = sentAfter.page.bind(sentAfter);
    sentAfter.page = (...asked) => {
      reads++;
      return page(...asked);
    };
    const { messages, examined, next } = await listSentAfter({ sentAfter, messageLog }, query);
    expect(messages.map(({ messageSid }) => messageSid)).toEqual([sidOf(5)]);
    expect([reads, examined, next]).toEqual([1, 295, sidOf(5)]);
  });

  it('goes on after the last message that it lists', async () => {
    const { messages, examined, next } = await listSentAfter(
      { sentAfter: lists, messageLog },
      { ...query, cursor: sidOf(5) },
    );
    expect(messages.map(({ messageSid }) => messageSid)).toEqual([sidOf(3)]);
    expect([examined, next]).toEqual([5, undefined]);
  });
});

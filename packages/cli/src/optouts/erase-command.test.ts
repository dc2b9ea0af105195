import { Redis } from 'ioredis';
import { InboundEvent, type Subject } from '@optout-sync/shared/domain';
import { enqueueDestination, enqueueInbound, enqueueSync, packRawBatch } from '@optout-sync/shared/queues';
import { ReviewEntry } from '@optout-sync/shared/review';
import { ActivityStore } from '@optout-sync/shared/service';
import { messageSid } from '@optout-sync/twilio-simulator';
import { openStores, runWith, type Ran } from '../test-support/cli';
import { sentAfterEntry } from '../test-support/sent-after';

const { env, queues, ledger, audit, reviewList, sentAfter, close } = openStores();
const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(async () => {
  redis.disconnect();
  await close();
});

const SENDER = '+15005550006';
const WHO = ['--yes', '--by', 'Ann', '--why', 'a request'];
const AT = Date.parse('2026-02-25T09:59:58Z');
let phones = 0;
const freshSubject = (): Subject => ({
  workspace: 'default',
  channel: 'sms',
  phone: InboundEvent.shape.phone.parse(`+1415558${String(1_000 + phones++)}`),
});
const eventOf = ({ phone }: Subject, given: Partial<InboundEvent> = {}): InboundEvent =>
  InboundEvent.parse({
    version: 1,
    messageSid: messageSid(),
    accountSid: 'manual',
    kind: 'stop',
    channel: 'sms',
    phone,
    sender: SENDER,
    source: 'webhook',
    occurredAt: AT,
    receivedAt: AT + 500,
    ...given,
  });

async function recordApplied(subject: Subject, given: Partial<InboundEvent> = {}): Promise<InboundEvent> {
  const event = eventOf(subject, given);
  const { version } = await ledger.record(subject, event);
  await ledger.markApplied(subject, version, { outcome: 'applied', people: ['a300001c'] });
  return event;
}
async function putDeadLetter(event: InboundEvent, lastFailedAt = AT): Promise<string> {
  return queues.deadLetters.put({
    version: 1,
    stage: 'record',
    code: 'internal_error',
    message: 'failed',
    undone: { type: 'event', event },
    attempts: [{ at: AT, code: 'internal_error' }],
    firstFailedAt: AT,
    lastFailedAt,
  });
}
const reviewOf = (subject: Subject): ReviewEntry =>
  ReviewEntry.parse({
    ...subject,
    sender: SENDER,
    messageSid: messageSid(),
    phrase: 'x',
    receivedAt: AT,
  });
/** Enqueues a batch of Event Streams with a message from an address. */
async function enqueueBatch(from: string): Promise<void> {
  const rest = { id: 'a'.repeat(64), receivedAt: AT, signedBy: ['AC1'], keywords: {}, blockedSends: {} };
  const payload = await packRawBatch(Buffer.from(JSON.stringify([{ data: { from } }])), rest as never);
  await queues.batches.add('batch', { payload });
}
const erase = ({ phone }: Subject, ...args: string[]): Promise<Ran> =>
  runWith(env, 'optouts', 'erase', phone, ...args);

/** Every key and value of these tests, as text. */
async function everything(): Promise<string> {
  const keys = await redis.keys(`*${env.QUEUE_PREFIX ?? ''}*`);
  const values = await Promise.all(
    keys.map(async (key) => {
      const type = await redis.type(key);
      if (type === 'hash') return JSON.stringify(await redis.hgetall(key));
      if (type === 'zset') return JSON.stringify(await redis.zrange(key, '0', '-1'));
      if (type === 'set') return JSON.stringify(await redis.smembers(key));
      if (type === 'stream') return JSON.stringify(await redis.xrange(key, '-', '+'));
      if (type === 'list') return JSON.stringify(await redis.lrange(key, 0, -1));
      return (await redis.get(key)) ?? '';
    }),
  );
  return keys.map((key, n) => `${key} ${values[n] ?? ''}`).join('\n');
}

describe('optouts erase', () => {
  it('erases everything of a phone but the bare opt-out, and says so masked in the audit trail', async () => {
    const subject = freshSubject();
    const first = await recordApplied(subject, { by: 'Bea', why: 'a secret', source: 'manual' });
    const again = { by: 'Bea', why: 'a secret', source: 'manual' } as const;
    await recordApplied(subject, { ...again, occurredAt: AT + 60_000, receivedAt: AT + 60_000 });
    await recordApplied(subject, { kind: 'help', occurredAt: AT + 90_000 });
    await putDeadLetter(eventOf(subject, { kind: 'help' }));
    await reviewList.add(reviewOf(subject));
    await sentAfter.add(sentAfterEntry({ phone: subject.phone }));
    const details = { phone: subject.phone };
    await audit.add({ action: 'override', by: 'Bea', why: 'a secret', details });

    const preview = await erase(subject);
    expect(preview.out).toContain(
      'the messages, notes and people of 1 more, of which the bare opt-out remains, 1 reviews, 1 dead letters, 1 audit',
    );
    expect(preview.out).toContain('Nothing was done.');
    expect((await ledger.readWhole(subject))?.history).toHaveLength(3);

    expect(await erase(subject, ...WHO)).toMatchObject({ code: 0, error: '' });
    const entry = await ledger.readWhole(subject);
    expect(entry).toMatchObject({ version: 1, appliedVersion: 1, people: [] });
    expect(entry?.senders.get(SENDER)).toMatchObject({ state: 'stopped', since: AT });
    expect(entry?.history).toMatchObject([{ kind: 'stop', sender: SENDER, note: { why: 'erased' } }]);
    const left = await everything();
    for (const part of [first.messageSid, 'a secret', 'a300001c']) expect(left).not.toContain(part);
    const lines = left.split('\n').filter((line) => line.includes(subject.phone));
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      `${env.QUEUE_PREFIX ?? ''}:ledger:{default:sms:${subject.phone}}`,
    ]);
    expect((await audit.list({ limit: 2 })).entries).toMatchObject([
      { action: 'erase', by: 'Ann', details: { erased: expect.stringContaining('*') as string } },
      { action: 'erase', why: 'a request' },
    ]);
    expect((await runWith(env, 'optouts', 'show', subject.phone)).out).toMatch(/stop .* erased/);
  });

  it('leaves an entry that is ordered as before', async () => {
    const subject = freshSubject();
    await recordApplied(subject);
    await erase(subject, ...WHO);
    const before = { kind: 'start', occurredAt: AT - 1_000, receivedAt: AT + 9_000 } as const;
    expect((await ledger.record(subject, eventOf(subject, before))).result).toBe('stale');
    const after = { kind: 'start', occurredAt: AT + 1_000, receivedAt: AT + 9_000 } as const;
    expect(await ledger.record(subject, eventOf(subject, after))).toMatchObject({
      result: 'recorded',
      version: 2,
    });
    expect((await ledger.read(subject))?.senders.get(SENDER)?.state).toBe('started');
  });

  it('removes an entry whole in which nobody is stopped, and every one with --all, after saying what that means', async () => {
    const [started, stopped] = [freshSubject(), freshSubject()];
    await recordApplied(started);
    await recordApplied(started, { kind: 'start', occurredAt: AT + 1_000 });
    await erase(started, ...WHO);
    expect(await ledger.read(started)).toBeUndefined();
    await recordApplied(stopped);
    expect((await erase(stopped, '--all')).out).toContain(
      'nothing here knows afterwards that the person opted out',
    );
    expect(await ledger.read(stopped)).toBeDefined();
    await erase(stopped, '--all', ...WHO);
    expect(await ledger.readWhole(stopped)).toBeUndefined();
    expect(await everything()).not.toContain(stopped.phone);
  });

  it('loses no opt-out that is under way, or in the dead letters alone', async () => {
    const [waiting, dead] = [freshSubject(), freshSubject()];
    await ledger.record(waiting, eventOf(waiting));
    expect(await erase(waiting, ...WHO)).toMatchObject({
      code: 1,
      error: expect.stringContaining('entry_pending') as string,
    });
    expect((await ledger.read(waiting))?.history).toHaveLength(1);
    const id = await putDeadLetter(eventOf(dead));
    expect(await erase(dead, ...WHO)).toMatchObject({
      code: 1,
      error: expect.stringContaining(`dead_letters_open): an opt-out of the phone`) as string,
    });
    expect(await queues.deadLetters.get(id)).toBeDefined();
    expect((await erase(dead, '--yes')).error).toContain('who_missing');
  });

  it('keeps the dead letter of an opt-out that Customer.io does not hold, unless --all', async () => {
    const subject = freshSubject();
    await recordApplied(subject, { kind: 'start', occurredAt: AT - 1_000 });
    const { version } = await ledger.record(subject, eventOf(subject));
    const id = await queues.deadLetters.put({
      version: 1,
      stage: 'sync',
      code: 'rejected',
      message: 'failed',
      undone: { type: 'sync', request: { version: 1, ...subject }, messageSids: [] },
      attempts: [],
      firstFailedAt: AT,
      lastFailedAt: AT,
    });
    await ledger.markDeadLettered(subject, version);
    const other = { ...subject, channel: 'whatsapp' } as const;
    await recordApplied(other);
    for (const given of [[], WHO]) {
      expect((await erase(subject, ...given)).error).toMatch(/entry_pending.*--all/s);
      expect((await ledger.read(subject))?.history).toHaveLength(2);
      expect((await ledger.read(other))?.people).toEqual(['a300001c']);
    }
    expect(await queues.deadLetters.get(id)).toBeDefined();
    expect((await erase(subject, '--all', ...WHO)).code).toBe(0);
    expect(await ledger.readWhole(subject)).toBeUndefined();
    expect(await queues.deadLetters.get(id)).toBeUndefined();
  });

  it('refuses beside a message on the review list that cannot be read, which may be of the phone', async () => {
    const subject = freshSubject();
    await recordApplied(subject);
    const entry = reviewOf(subject);
    await reviewList.add(entry);
    await redis.hset(`${env.QUEUE_PREFIX ?? ''}:{review}:entries`, entry.messageSid, '{');
    expect(await erase(subject, ...WHO)).toMatchObject({
      code: 1,
      error: expect.stringContaining(entry.messageSid) as string,
    });
    expect(await ledger.read(subject)).toBeDefined();
    await runWith(env, 'review', 'done', entry.messageSid, ...WHO);
    expect(await erase(subject, ...WHO)).toMatchObject({ code: 0 });
  });

  it.each<[string, (subject: Subject) => Promise<unknown>]>([
    ['inbound-events', (subject) => enqueueInbound(queues, eventOf(subject))],
    ['customerio-sync', (subject) => enqueueSync(queues, { version: 1, ...subject })],
    ['customerio-native', (subject) => enqueueDestination(queues, 'native', { version: 1, ...subject })],
    [
      'people-changes',
      ({ workspace, phone }) =>
        queues.people.add('people', { payload: { version: 1, id: 'x', workspace, people: [{ phone }] } }),
    ],
    [
      'forwards',
      ({ phone }) => {
        const body = new URLSearchParams({ From: phone, Body: 'STOP' }).toString();
        const target = 'https://old.example.com/sms';
        return queues.forwards.add('forward', {
          payload: { version: 1, id: 'SM1', target, method: 'POST', query: '', headers: {}, body },
        });
      },
    ],
    ['event-batches', ({ phone }) => enqueueBatch(phone)],
  ])(
    'is refused while a job of the phone waits in %s, and is done when that has ended',
    async (name, add) => {
      const [subject, other] = [freshSubject(), freshSubject()];
      await recordApplied(subject);
      await recordApplied(other);
      await add(subject);
      for (const args of [[], WHO]) {
        expect(await erase(subject, ...args)).toMatchObject({
          code: 1,
          error: expect.stringContaining(`messages_waiting): a job of the phone waits in ${name};`) as string,
        });
      }
      expect((await ledger.readWhole(subject))?.history[0]?.messageSid).toMatch(/^SM/);
      expect((await erase(other, ...WHO)).code).toBe(0);
      await Promise.all(queues.opened().map((queue) => queue.obliterate({ force: true })));
      expect((await erase(subject, ...WHO)).code).toBe(0);
    },
  );

  it('is refused while a batch has the other spelling of the phone', async () => {
    const subject = { ...freshSubject(), phone: InboundEvent.shape.phone.parse('+525512345678') };
    await recordApplied(subject);
    await enqueueBatch('whatsapp:+5215512345678');
    expect((await erase(subject, ...WHO)).error).toContain('a job of the phone waits in event-batches');
    await queues.batches.obliterate({ force: true });
    expect((await erase(subject, ...WHO)).code).toBe(0);
  });

  it('is refused while a spool holds something, and says where that is unknown', async () => {
    const subject = freshSubject();
    await recordApplied(subject);
    expect((await erase(subject)).out).toContain('No ingest reports what its spool holds');
    const activity = new ActivityStore(redis, env.QUEUE_PREFIX ?? '');
    const report = async (items: number): Promise<void> => {
      const spool = { items, bytes: items };
      await activity.report({ service: 'ingest', name: 'a', at: await ledger.now(), spool }, new Map());
    };
    await report(1);
    expect(await erase(subject, ...WHO)).toMatchObject({
      code: 1,
      error: expect.stringContaining('messages_waiting): messages wait in the spool') as string,
    });
    await report(0);
    const { code, out } = await erase(subject, ...WHO);
    expect([code, out]).toEqual([0, expect.not.stringContaining('No ingest reports')]);
    await activity.remove('a');
  });

  it('is refused while a run replays a dead letter of the phone', async () => {
    const subject = freshSubject();
    await recordApplied(subject);
    const id = await putDeadLetter(eventOf(subject, { kind: 'start' }));
    const { runs } = queues;
    const run = await runs.create({ filter: { phone: subject.phone }, by: 'Ann', why: 'mended' });
    await runs.start(run.id);
    await runs.claim(run, 1);
    expect((await erase(subject, ...WHO)).error).toContain(
      'messages_waiting): a dead letter of the phone is replayed',
    );
    await runs.release(run.id);
    expect((await erase(subject, ...WHO)).code).toBe(0);
    expect(await queues.deadLetters.get(id)).toBeUndefined();
  });

  it('loses no opt-out behind a hundred other dead letters', async () => {
    const subject = freshSubject();
    for (let n = 0; n < 100; n++) await putDeadLetter(eventOf(subject, { kind: 'start' }));
    const id = await putDeadLetter(eventOf(subject), AT + 1);
    expect((await erase(subject, ...WHO)).error).toContain(`replay or discard it first (${id})`);
    expect(await queues.deadLetters.get(id)).toBeDefined();
  });
});

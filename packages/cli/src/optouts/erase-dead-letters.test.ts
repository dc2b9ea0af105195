import { Redis } from 'ioredis';
import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import { E164, InboundEvent } from '@optout-sync/shared/domain';
import { enqueueForwardAgain, packRawBatch } from '@optout-sync/shared/queues';
import { messageSid } from '@optout-sync/twilio-simulator';
import { openStores, runWith, type Ran } from '../test-support/cli';

const { env, queues, close } = openStores();
const { deadLetters } = queues;
const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
const LETTERS = `${env.QUEUE_PREFIX ?? ''}:{dlq}:letters`;
afterEach(async () => {
  await deadLetters.discard({});
  await Promise.all(queues.opened().map((queue) => queue.obliterate({ force: true })));
});
afterAll(async () => {
  redis.disconnect();
  await close();
});

const SENDER = '+15005550006';
const WHO = ['--yes', '--by', 'Ann', '--why', 'a request'];
const AT = Date.parse('2026-02-25T09:59:58Z');
let phones = 0;
const freshPhone = (): E164 => E164.parse(`+1415557${String(1_000 + phones++)}`);
const erase = (phone: E164, ...args: string[]): Promise<Ran> =>
  runWith(env, 'optouts', 'erase', phone, ...args);

type Undone = DeadLetter['undone'];
const put = (undone: Undone, given: Partial<DeadLetter> = {}): Promise<string> =>
  deadLetters.put({
    version: 1,
    stage: 'record',
    code: 'internal_error',
    message: 'failed',
    undone,
    attempts: [],
    firstFailedAt: AT,
    lastFailedAt: AT,
    ...given,
  });

const eventOf = (phone: E164, given: Partial<InboundEvent> = {}): Undone => ({
  type: 'event',
  event: InboundEvent.parse({
    version: 1,
    messageSid: messageSid(),
    accountSid: 'manual',
    kind: 'stop',
    channel: 'sms',
    phone,
    sender: SENDER,
    source: 'webhook',
    occurredAt: AT,
    receivedAt: AT,
    ...given,
  }),
});
const syncOf = (phone: E164): Extract<Undone, { type: 'sync' }> => ({
  type: 'sync',
  request: { version: 1, workspace: 'default', channel: 'sms', phone },
  messageSids: [],
});
const forwardOf = (body: string, given: { method?: 'GET'; query?: string } = {}) => {
  const rest = { target: 'https://old.example.com/sms', method: 'POST' as const, query: '', headers: {} };
  const request = { version: 1 as const, id: messageSid(), ...rest, body, ...given };
  return { type: 'forward' as const, request };
};
const formOf = (from: string, body = 'a secret'): string =>
  new URLSearchParams({ From: from, To: SENDER, Body: body }).toString();
const peopleOf = (...people: { phone: E164; previousPhone?: E164 }[]): Undone => ({
  type: 'people',
  change: { version: 1, id: messageSid(), workspace: 'default', people },
});
async function batchOf(...from: string[]): Promise<Undone> {
  const rest = { id: 'a'.repeat(64), receivedAt: AT, signedBy: ['AC1'], keywords: {}, blockedSends: {} };
  const text = Buffer.from(JSON.stringify(from.map((one) => ({ data: { from: one } }))));
  return { type: 'raw', data: await packRawBatch(text, rest as never) };
}
const raw = (data: unknown): Undone => ({ type: 'raw', data });

type Case = [string, (phone: E164) => Undone | Promise<Undone>, Partial<DeadLetter>];

describe('the dead letters of optouts erase', () => {
  it.each<Case>([
    ['a forward', (phone) => forwardOf(formOf(phone)), { stage: 'forward' }],
    ['a forward by WhatsApp', (phone) => forwardOf(formOf(`whatsapp:${phone}`)), { stage: 'forward' }],
    [
      'a forward whose number has lost its plus',
      (phone) => forwardOf('', { method: 'GET', query: `From=%20${phone.slice(1)}&Body=a%20secret` }),
      { stage: 'forward' },
    ],
    [
      'a forward of more than 64 kB',
      (phone) => forwardOf(formOf(phone, 'x'.repeat(70_000))),
      { stage: 'forward' },
    ],
    ['a forward that ingest could not store', (phone) => forwardOf(formOf(phone)), { stage: 'ingest' }],
    ['several changes of one person', (phone) => peopleOf({ phone }, { phone }), { stage: 'people' }],
    ['an event', (phone) => eventOf(phone, { kind: 'help' }), {}],
    ['an event that ingest did not trust', (phone) => eventOf(phone, { kind: 'start' }), { stage: 'ingest' }],
    ['a sync', syncOf, { stage: 'sync' }],
    [
      'a write to a destination',
      (phone) => ({ ...syncOf(phone), type: 'destination', destination: 'native' }),
      { stage: 'native' },
    ],
    [
      'a sync of an unknown version',
      (phone) => raw({ ...syncOf(phone).request, version: 9 }),
      { stage: 'sync' },
    ],
  ])('are discarded where they name the phone alone, and counted before: %s', async (_, undoneOf, given) => {
    const [phone, other] = [freshPhone(), freshPhone()];
    const id = await put(await undoneOf(phone), given);
    const left = [await put(await undoneOf(other), given), await put(forwardOf(formOf(`${phone}9`)))];
    expect((await erase(phone)).out).toContain('0 reviews, 1 dead letters,');
    expect(await deadLetters.get(id)).toBeDefined();
    const { code, out } = await erase(phone, ...WHO);
    expect([code, out]).toEqual([0, expect.stringContaining('0 reviews, 1 dead letters,')]);
    expect(await redis.hkeys(LETTERS)).toEqual(expect.arrayContaining(left));
    expect((await redis.hvals(LETTERS)).join('\n')).not.toMatch(new RegExp(`${phone.slice(1)}(?!9)`));
    expect(await deadLetters.size()).toMatchObject({ count: 2 });
  });

  it('are found by the other spelling of the phone', async () => {
    const id = await put(forwardOf(formOf('whatsapp:+5215512345678')), { stage: 'forward' });
    expect((await erase(E164.parse('+525512345678'), ...WHO)).code).toBe(0);
    expect(await deadLetters.get(id)).toBeUndefined();
  });

  it('are all found among many of others, in any number', async () => {
    const phone = freshPhone();
    for (let n = 0; n < 450; n++) {
      await put(forwardOf(formOf(n % 2 === 0 ? phone : freshPhone())), { stage: 'forward' });
    }
    expect((await erase(phone, ...WHO)).out).toContain(' 225 dead letters,');
    expect(await deadLetters.size()).toMatchObject({ count: 225 });
    expect((await redis.hvals(LETTERS)).join('\n')).not.toContain(phone.slice(1));
  });

  it.each<Case>([
    [
      'people, of whom one has the phone',
      (phone) => peopleOf({ phone }, { phone: freshPhone() }),
      { stage: 'people' },
    ],
    [
      'a person who had the phone before',
      (phone) => peopleOf({ phone: freshPhone(), previousPhone: phone }),
      { stage: 'people' },
    ],
    [
      "another one's message with the phone in its text",
      (phone) => forwardOf(formOf(freshPhone(), `call ${phone}`)),
      { stage: 'forward' },
    ],
    ["another one's STOP to the phone", (phone) => eventOf(freshPhone(), { sender: phone }), {}],
    [
      'people in an unknown version',
      (phone) => raw({ version: 9, people: [{ phone }, { phone: freshPhone() }] }),
      { stage: 'people' },
    ],
  ])('that hold others too prevent it, by their names: %s', async (_, undoneOf, given) => {
    const [phone, unnamed] = [freshPhone(), freshPhone()];
    const id = await put(await undoneOf(phone), given);
    for (const args of [[], WHO]) {
      expect(await erase(phone, ...args)).toMatchObject({
        code: 1,
        error: expect.stringMatching(
          new RegExp(`dead_letters_shared\\): .*replay or discard them first \\(${id}\\)`),
        ) as string,
      });
    }
    expect(await deadLetters.get(id)).toBeDefined();
    expect((await erase(unnamed, ...WHO)).code).toBe(0);
    await runWith(env, 'dlq', 'discard', id, ...WHO);
    expect((await erase(phone, ...WHO)).code).toBe(0);
  });

  it('that are damaged prevent it where they name the phone', async () => {
    const [phone, unnamed] = [freshPhone(), freshPhone()];
    const id = await put(forwardOf(formOf(phone)));
    await redis.hset(LETTERS, id, `{"undone":{"phone":"${phone}"`);
    expect((await erase(phone, ...WHO)).error).toContain(`dead_letters_shared`);
    expect((await erase(unnamed, ...WHO)).code).toBe(0);
  });

  it.each<Case>([
    ['a STOP that a worker could not record', (phone) => eventOf(phone), {}],
    [
      'a STOP that ingest could not store',
      (phone) => eventOf(phone),
      { stage: 'ingest', code: 'spool_item_refused' },
    ],
    [
      'a STOP whose account is not proven',
      (phone) => eventOf(phone),
      { stage: 'ingest', code: 'account_not_proven' },
    ],
    [
      'an event of an unknown version',
      (phone) => raw({ version: 9, kind: 'stop', phone }),
      { code: 'event_version_unknown' },
    ],
    [
      'a batch of events of an unknown version',
      (phone) => raw({ version: 9, events: [{ phone }, { phone: freshPhone() }] }),
      { code: 'event_version_unknown' },
    ],
    ['a large batch', (phone) => batchOf(freshPhone(), phone), { stage: 'batch' }],
    [
      'a message that ingest could not parse',
      (phone) => raw({ route: 'messages', params: { From: phone, Body: 'STOP' } }),
      { stage: 'ingest', code: 'message_not_understood' },
    ],
  ])('that may be an opt-out prevent it, whatever their stage: %s', async (_, undoneOf, given) => {
    const [phone, unnamed] = [freshPhone(), freshPhone()];
    const id = await put(await undoneOf(phone), given);
    for (const args of [[], WHO]) {
      expect(await erase(phone, ...args)).toMatchObject({
        code: 1,
        error: expect.stringMatching(new RegExp(`dead_letters_open\\): .*\\(${id}\\)`)) as string,
      });
    }
    expect(await deadLetters.get(id)).toBeDefined();
    expect((await erase(unnamed, ...WHO)).code).toBe(0);
  });

  it('prevent it where a large batch cannot be unpacked, which may name the phone', async () => {
    const id = await put(raw({ version: 1, body: 'AAAA' }), { stage: 'batch', code: 'batch_invalid' });
    expect((await erase(freshPhone(), ...WHO)).error).toContain(`dead_letters_open): `);
    await runWith(env, 'dlq', 'discard', id, ...WHO);
    expect((await erase(freshPhone(), ...WHO)).code).toBe(0);
  });

  it('are named twenty at most', async () => {
    const phone = freshPhone();
    for (let n = 0; n < 23; n++) await put(eventOf(phone));
    const { error } = await erase(phone, ...WHO);
    expect(error.match(/dl-[0-9a-f]{20}/g)).toHaveLength(20);
    expect(error).toContain(' and 3 more)');
  });

  it('prevent it while a run replays one that the index does not find', async () => {
    const phone = freshPhone();
    const id = await put(forwardOf(formOf(phone)), { stage: 'forward' });
    const { runs } = queues;
    const run = await runs.create({ filter: { ids: [id] }, by: 'Ann', why: 'mended' });
    await runs.start(run.id);
    await runs.claim(run, 1);
    expect((await erase(phone, ...WHO)).error).toContain(
      'messages_waiting): a dead letter of the phone is replayed',
    );
    await runs.release(run.id);
    expect((await erase(phone, ...WHO)).code).toBe(0);
  });

  it('prevent it while a forward waits whose number has lost its plus', async () => {
    const phone = freshPhone();
    const { request } = forwardOf('', { method: 'GET', query: `From=%20${phone.slice(1)}` });
    await enqueueForwardAgain(queues, request, { lane: 'background', run: 'run-1', replayOf: 'dl-1' });
    expect((await erase(phone, ...WHO)).error).toContain('a job of the phone waits in forwards');
  });
});

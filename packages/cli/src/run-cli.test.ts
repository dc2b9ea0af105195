import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import {
  InboundEvent,
  addDeadLetter,
  closeQueues,
  openQueues,
  type DeadLetter,
  inboundJobId,
} from '@optout-sync/shared';
import { messageSid } from '@optout-sync/testkit';
import { runCli } from './run-cli';

const url = process.env.TEST_REDIS_URL ?? '';
const redis = new Redis(url, { maxRetriesPerRequest: null });
const prefix = `test-${randomUUID()}`;
const queues = openQueues(redis, prefix);
afterEach(async () => {
  await queues.deadLetters.obliterate({ force: true });
  await queues.inbound.obliterate({ force: true });
  await queues.syncOf('default').obliterate({ force: true });
});
afterAll(async () => {
  await closeQueues(queues);
  redis.disconnect();
});

async function run(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const [out, error]: [string[], string[]] = [[], []];
  const code = await runCli(args, {
    env: { REDIS_URL: url, QUEUE_PREFIX: prefix },
    out: (text) => void out.push(text),
    error: (text) => void error.push(text),
  });
  return { code, out: out.join('\n'), error: error.join('\n') };
}

const PHONE = '+14155550123';
const event = (): InboundEvent =>
  InboundEvent.parse({
    version: 1,
    messageSid: messageSid(),
    accountSid: 'AC1',
    kind: 'stop',
    channel: 'sms',
    phone: PHONE,
    sender: '+15005550006',
    source: 'webhook',
    occurredAt: 1,
    receivedAt: 1,
  });
const file = (undone: DeadLetter['undone'], at = 1_772_013_598_000): Promise<string> =>
  addDeadLetter(queues, {
    version: 1,
    stage: undone.type === 'sync' ? 'sync' : 'record',
    code: 'customerio_refused',
    message: 'answered 400',
    undone,
    attempts: [{ at, code: 'customerio_refused', status: 400 }],
    firstFailedAt: at,
    lastFailedAt: at,
  });
const syncOf = (phone: string): DeadLetter['undone'] => ({
  type: 'sync',
  request: { version: 1, workspace: 'default', channel: 'sms', phone: phone as InboundEvent['phone'] },
  messageSids: [messageSid() as InboundEvent['messageSid']],
});

describe('optout-sync dlq', () => {
  it('lists letters without showing a whole phone', async () => {
    const id = await file({ type: 'event', event: event() });
    const { code, out } = await run('dlq', 'list');
    expect(code).toBe(0);
    expect(out).toContain(id);
    expect(out).toContain('customerio_refused');
    expect(out).toContain('1 to 1 of 1');
    // In a file or a pipe, colours are noise.
    expect(out).not.toContain('\u001b');
    expect(out).not.toContain(PHONE);
  });

  it('says that there are none', async () => {
    expect(await run('dlq', 'list')).toEqual({ code: 0, out: 'No dead letters.', error: '' });
  });

  it('pages, the oldest first, as JSON for programs', async () => {
    const ids = [];
    for (let n = 0; n < 5; n++) ids.push(await file({ type: 'event', event: event() }));
    const { out } = await run('dlq', 'list', '--json', '--offset', '1', '--limit', '2');
    const page = JSON.parse(out) as { total: number; letters: { id: string }[] };
    expect(page.total).toBe(5);
    expect(page.letters.map(({ id }) => id)).toEqual(ids.slice(1, 3));
  });

  it('shows one letter whole', async () => {
    const id = await file({ type: 'event', event: event() });
    const { out } = await run('dlq', 'show', id);
    expect(JSON.parse(out)).toMatchObject({ id, letter: { undone: { event: { phone: PHONE } } } });
  });

  it('puts an event back to work, once', async () => {
    const undone = { type: 'event' as const, event: event() };
    const id = await file(undone);
    expect(await run('dlq', 'replay', id)).toMatchObject({ code: 0, error: '' });
    expect((await queues.inbound.getJob(inboundJobId(undone.event)))?.data.payload).toEqual(undone.event);
    expect((await run('dlq', 'list')).out).toBe('No dead letters.');
    const again = await run('dlq', 'replay', id);
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.error).toContain('letter_not_found');
  });

  it('puts a sync back to work', async () => {
    const id = await file(syncOf(PHONE));
    expect((await run('dlq', 'replay', id)).code).toBe(0);
    const [job] = await queues.syncOf('default').getJobs(['waiting']);
    expect(job?.data.payload.phone).toBe(PHONE);
  });

  it('keeps a letter that holds nothing to repeat', async () => {
    const id = await file({ type: 'raw', data: { MessageSid: 'odd' } });
    const { code, error } = await run('dlq', 'replay', id);
    expect(code).toBe(1);
    expect(error).toContain('letter_not_replayable');
    expect((await run('dlq', 'list')).out).toContain(id);
  });
});

describe('optout-sync', () => {
  it('says what is wrong with how it was called', async () => {
    expect(await run('dlq', 'list', '--limit', 'many')).toMatchObject({ code: 2 });
    expect((await run('dlq', 'shred')).error).toMatch(/unknown command/);
    expect((await run('--help')).code).toBe(0);
  });

  it('names what is missing in the configuration', async () => {
    const errors: string[] = [];
    const code = await runCli(['dlq', 'list'], {
      env: {},
      out: () => undefined,
      error: (text) => errors.push(text),
    });
    expect(code).toBe(78);
    expect(errors.join()).toContain('REDIS_URL is required');
  });

  it('says that Redis cannot be reached', async () => {
    const errors: string[] = [];
    const env = { REDIS_URL: 'redis://127.0.0.1:9' };
    const code = await runCli(['dlq', 'list'], {
      env,
      out: () => undefined,
      error: (text) => errors.push(text),
    });
    expect(code).toBe(1);
    expect(errors.join()).toContain('redis_unavailable');
  });
});

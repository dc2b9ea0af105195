import { Redis } from 'ioredis';
import { InboundEvent, type Subject } from '@optout-sync/shared/domain';
import { messageSid } from '@optout-sync/twilio-simulator';
import { openStores, runWith, type Ran } from '../test-support/cli';

const { env, ledger, close } = openStores();
const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(async () => {
  redis.disconnect();
  await close();
});

const AT = Date.parse('2026-02-25T09:59:58Z');

async function record(phone: string): Promise<{ readonly subject: Subject; readonly sid: string }> {
  const event = InboundEvent.parse({
    version: 1,
    messageSid: messageSid(),
    accountSid: 'manual',
    kind: 'stop',
    channel: 'sms',
    phone,
    sender: '+15005550006',
    source: 'webhook',
    occurredAt: AT,
    receivedAt: AT,
  });
  const subject: Subject = { workspace: 'default', channel: 'sms', phone: event.phone };
  await ledger.record(subject, event);
  return { subject, sid: event.messageSid };
}

describe('a ledger entry of a later release', () => {
  const [readable, later] = ['+14155583001', '+14155583002'];
  beforeAll(async () => {
    await record(readable);
    const { sid } = await record(later);
    const [key = ''] = await redis.keys(`*${env.QUEUE_PREFIX ?? ''}*:ledger*${later}*`);
    const [field, value] = Object.entries(await redis.hgetall(key)).find(([name]) => name === `m:${sid}`)!;
    // The second word is the code of the source.
    await redis.hset(key, field, value.replace(/^(\S+) \S+/, '$1 Z'));
  });

  it.each([
    ['list', ['--all', '--json']],
    ['export', []],
    ['export', ['--format', 'jsonl']],
  ])('is left out of %s %j, which says so and lists all others', async (command, args) => {
    const { code, out, error } = await runWith(env, 'optouts', command, ...args, '--reveal');
    expect(out).toContain(readable);
    expect(out).not.toContain(later);
    expect(error).toContain(`error (ledger_entry_unreadable): 1 ledger entries are left out`);
    expect(error).toContain(later);
    expect(code).toBe(3);
  });

  it.each([[[]], [['--json']]])(
    'is left out of the pages of list %j, which say so',
    async (args: string[]) => {
      const pages: Ran[] = [];
      for (let cursor: string[] | undefined = []; cursor !== undefined;) {
        const page = await runWith(env, 'optouts', 'list', ...args, ...cursor, '--reveal');
        pages.push(page);
        const [, next] = /(?:--cursor |"next": ")([^\s"]+)/.exec(page.out) ?? [];
        cursor = next === undefined ? undefined : ['--cursor', next];
      }
      const out = pages.map((page) => page.out).join('\n');
      expect(out).toContain(readable);
      expect(out).not.toContain(later);
      const saying = pages.find(({ error }) => error.includes(later));
      expect(saying?.error).toContain('error (ledger_entry_unreadable): 1 ledger entries are left out');
      expect(saying?.code).toBe(3);
    },
  );

  it('has an error of its own in show', async () => {
    const { code, error } = await runWith(env, 'optouts', 'show', later);
    expect(error).toContain('error (ledger_entry_unreadable): a ledger entry cannot be read');
    expect(code).toBe(1);
  });
});

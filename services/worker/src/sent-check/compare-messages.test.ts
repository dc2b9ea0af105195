import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { createBlockedSends, type Subject } from '@optout-sync/shared/domain';
import { Ledger } from '@optout-sync/shared/ledger';
import { SentAfterLists } from '@optout-sync/shared/sent-after';
import { loggedInbound, type LoggedMessage } from '@optout-sync/twilio-simulator';
import { inboundEvent } from '../test-support/worker-harness';
import { MessageComparison, type ComparedPart } from './compare-messages';

const NUMBER = '+15005550006';
/** A whole second. */
const STOPPED_AT = Date.parse('2026-02-25T10:00:00Z');

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

let prefix: string;
let [ledger, lists]: [Ledger, SentAfterLists] = [] as never;
/** The phones of each read. */
let reads: string[][];
beforeEach(() => {
  prefix = `test-${randomUUID()}`;
  ledger = new Ledger(redis, { prefix });
  lists = new SentAfterLists(redis, prefix);
  reads = [];
});

let phones = 0;
const freshPhone = (): string => `+1415554${String(1_000 + phones++)}`;

/** Has a phone opt out. */
async function optOut(phone: string): Promise<Subject> {
  const event = inboundEvent(phone, { occurredAt: STOPPED_AT, receivedAt: STOPPED_AT });
  const subject = { workspace: 'default', channel: event.channel, phone: event.phone };
  await ledger.record(subject, event);
  return subject;
}

/** A message to a phone, so many seconds after the opt-out. */
const sent = (to: string, seconds: number): LoggedMessage =>
  loggedInbound(new Date(STOPPED_AT + seconds * 1_000), {
    direction: 'outbound-api',
    messaging_service_sid: null,
    from: NUMBER,
    to,
    status: 'delivered',
  });

/** Compares pages of the log, as one part of it. Returns the SIDs of what is found for the first time. */
async function compare(
  ...pages: readonly (readonly LoggedMessage[])[]
): Promise<ComparedPart & { found: string[] }> {
  const comparison = new MessageComparison(
    {
      ledger: {
        readAll: (subjects) => {
          reads.push(subjects.map(({ phone }) => phone));
          return ledger.readAll(subjects);
        },
      },
      lists,
      blockedSends: createBlockedSends(),
      workspaceOf: () => 'default',
      policyOf: () => 'any',
      numbersOf: () => [],
      now: () => STOPPED_AT,
    },
    { since: 0, until: Infinity },
  );
  for (const page of pages) await comparison.add(page);
  const part = await comparison.end();
  return { ...part, found: comparison.takeFound().map(({ messageSid }) => messageSid) };
}

const sidsOf = (messages: readonly LoggedMessage[]): string[] =>
  messages.map(({ sid }) => String(sid)).sort();

describe('MessageComparison', () => {
  it('reads the entry of each phone once for a page, all of them at once', async () => {
    const [first, second] = [freshPhone(), freshPhone()];
    await optOut(first);
    const page = Array.from({ length: 200 }, (_, n) => sent(n % 2 ? first : second, 400 + n));
    const { found, sent: counted } = await compare(page, page.slice(0, 1));
    expect(found.sort()).toEqual(sidsOf(page.filter(({ to }) => to === first)));
    expect(counted.get(NUMBER)).toBe(201);
    expect(reads).toEqual([[second, first], [second]]);
  });

  it('takes the first message of the five minutes for the confirmation, in whatever order and pages the log has them', async () => {
    const seconds = fc.uniqueArray(fc.integer({ min: 5, max: 300 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(seconds, fc.nat(6), async (all, firstPage) => {
        const phone = freshPhone();
        await optOut(phone);
        const messages = all.map((after) => sent(phone, after));
        const [first] = messages.filter((_, n) => all[n] === Math.min(...all));
        const pages = [messages.slice(0, firstPage), messages.slice(firstPage)];
        const { found, confirmations } = await compare(...pages);
        expect(confirmations).toBe(1);
        expect(found.sort()).toEqual(sidsOf(messages.filter((one) => one !== first)));
        // The last ten minutes of the log are read again each time.
        expect(await compare(messages.toReversed())).toMatchObject({ found: [], confirmations: 0 });
      }),
      { numRuns: 25 },
    );
  });

  it('tells the confirmations of two opt-outs apart', async () => {
    const [first, second] = [freshPhone(), freshPhone()];
    await Promise.all([first, second].map(optOut));
    const { found, confirmations } = await compare([sent(first, 10), sent(second, 20)]);
    expect([found, confirmations]).toEqual([[], 2]);
  });

  it('counts what it cannot compare, since the entry cannot be read, and compares the others', async () => {
    const [broken, fine] = [freshPhone(), freshPhone()];
    await Promise.all([broken, fine].map(optOut));
    await redis.hset(`${prefix}:ledger:{default:sms:${broken}}`, 'f', '99');
    const late = sent(fine, 400);
    const { found, unreadable } = await compare([sent(broken, 400), late, sent(broken, 500)]);
    expect([found, unreadable]).toEqual([[late.sid], 2]);
  });
});

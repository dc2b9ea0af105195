import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { E164, InboundEvent, type Subject } from '@optout-sync/shared/domain';
import { Ledger, registerOrigin } from '@optout-sync/shared/ledger';
import { messageSid } from '@optout-sync/twilio-simulator';
import { MessageLogProgress, SentAfterEntry, SentAfterLists } from '@optout-sync/shared/sent-after';
import { collectProof } from './collect-proof';
import { ProofRecords } from './proof-records';

const AT = Date.parse('2026-02-25T10:00:00Z');
const SERVICE = `MG${'a'.repeat(32)}`;
const SUBJECT: Subject = { workspace: 'default', channel: 'sms', phone: E164.parse('+14155550123') };

const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
afterAll(() => {
  redis.disconnect();
});

const event = (kind: 'stop' | 'start' | 'help', at: number, more: Partial<InboundEvent> = {}): InboundEvent =>
  InboundEvent.parse({
    version: 1,
    messageSid: messageSid(),
    accountSid: `AC${'1'.repeat(32)}`,
    kind,
    channel: 'sms',
    phone: SUBJECT.phone,
    sender: SERVICE,
    source: 'webhook',
    occurredAt: at,
    receivedAt: at + 250,
    ...more,
  });

const sentStores = (prefix: string) => ({
  sentAfter: new SentAfterLists(redis, prefix),
  messageLog: new MessageLogProgress(redis, prefix),
});

async function ledgerOf(release: string, options: { historyCap?: number } = {}) {
  const prefix = `test-${randomUUID()}`;
  const origin = await registerOrigin(redis, prefix, { build: release, config: '3f2a9c01' });
  return { prefix, ledger: new Ledger(redis, { prefix, origin, ...options }) };
}
const collect = (ledger: Ledger, prefix = 'none'): Promise<ProofRecords> =>
  collectProof({ ledger, ...sentStores(prefix) }, SUBJECT, { policy: 'any', madeBy: 'optout-sync 0.1.0' });

describe('collectProof', () => {
  it('says of each message when it was sent, received and applied, to whom, and by which software', async () => {
    const { ledger } = await ledgerOf('worker 1.4.0');
    const stop = event('stop', AT);
    const { version } = await ledger.record(SUBJECT, stop);
    await ledger.markApplied(SUBJECT, version, { outcome: 'applied', people: ['a1', 'a2'] });
    const records = await collect(ledger);
    expect(() => ProofRecords.parse(records)).not.toThrow();
    expect(records).toMatchObject({
      now: { state: 'stopped', since: '2026-02-25T10:00:00.000Z' },
      senders: [{ sender: SERVICE, state: 'stopped', decidedBy: stop.messageSid }],
      messages: [
        {
          messageSid: stop.messageSid,
          kind: 'stop',
          sentAt: '2026-02-25T10:00:00.000Z',
          sentAtIs: 'arrival',
          receivedAt: '2026-02-25T10:00:00.250Z',
          outcome: 'applied',
          ledgerVersion: 1,
        },
      ],
      versions: [
        {
          version: 1,
          messageSid: stop.messageSid,
          madeBy: { build: 'worker 1.4.0', configuration: '3f2a9c01' },
          appliedBy: { build: 'worker 1.4.0', configuration: '3f2a9c01' },
        },
      ],
      customerio: { presentVersion: 1, appliedVersion: 1, people: ['a1', 'a2'] },
      pruned: null,
    });
    expect(records.versions[0]?.appliedAt).toMatch(/^20\d\d-.*Z$/);
  });

  it('lists blocked sends after the opt-out, overrides with who and why, and whose time is whose', async () => {
    const { ledger } = await ledgerOf('worker 1.4.0');
    const by = { by: '<b>Ann</b>', why: 'called\u202e' };
    await ledger.record(SUBJECT, event('stop', AT, { source: 'event_stream' }));
    await ledger.record(
      SUBJECT,
      event('stop', AT + 10_000, { source: 'status_callback', orderAt: AT + 5_000 }),
    );
    await ledger.record(SUBJECT, event('start', AT + 20_000, { source: 'manual', ...by }));
    const { messages, now } = await collect(ledger);
    expect(messages).toMatchObject([
      { kind: 'stop', sentAtIs: 'twilio', reason: 'message' },
      { kind: 'blocked_send', sentAtIs: 'arrival', reason: 'blocked_at_twilio' },
      { kind: 'start', sentAtIs: 'operator', reason: 'operator', note: by },
    ]);
    expect(now?.state).toBe('started');
  });

  it('says that an opt-out began with its first STOP, though a blocked send is ordered before that', async () => {
    const hours = 3_600_000;
    const { ledger } = await ledgerOf('worker 1.4.0');
    await ledger.record(SUBJECT, event('stop', AT - 20 * hours));
    await ledger.record(SUBJECT, event('start', AT - 15 * hours));
    await ledger.record(SUBJECT, event('stop', AT));
    await ledger.record(SUBJECT, event('stop', AT + 30_000));
    const report = { source: 'status_callback', orderAt: AT + 40_000 - 10 * hours } as const;
    await ledger.record(SUBJECT, event('stop', AT + 40_000, report));
    const { now, senders } = await collect(ledger);
    expect(now).toEqual({ state: 'stopped', since: '2026-02-25T10:00:00.000Z' });
    expect(senders).toMatchObject([{ since: '2026-02-25T10:00:00.000Z', reason: 'message' }]);
  });

  it('says how many messages are no longer stored, and since when', async () => {
    const { ledger } = await ledgerOf('worker 1.4.0', { historyCap: 100 });
    for (let n = 0; n < 260; n++) await ledger.record(SUBJECT, event('help', AT + n * 1_000));
    const { pruned, messages } = await collect(ledger);
    expect(pruned?.count).toBeGreaterThanOrEqual(100);
    expect((pruned?.count ?? 0) + messages.length).toBe(260);
    expect(Date.parse(pruned?.since ?? '')).toBeLessThanOrEqual(Date.now());
  });

  it('knows no software for entries of releases that did not store it', async () => {
    const prefix = `test-${randomUUID()}`;
    const ledger = new Ledger(redis, { prefix });
    await ledger.record(SUBJECT, event('stop', AT));
    const key = `${prefix}:ledger:{default:sms:${SUBJECT.phone}}`;
    expect((await collect(ledger)).versions).toMatchObject([{ madeBy: null, appliedAt: null }]);
    await redis.hdel(key, 'v:1');
    expect((await collect(ledger)).versions).toEqual([]);
  });

  it('has the messages that were sent after an opt-out, and what was compared', async () => {
    const { ledger, prefix } = await ledgerOf('worker 1.4.0');
    const stop = event('stop', AT);
    await ledger.record(SUBJECT, stop);
    expect((await collect(ledger, prefix)).sentAfter).toEqual({ checked: [], messages: [] });
    const { sentAfter, messageLog } = sentStores(prefix);
    await messageLog.begin('AC1', AT);
    const entry = SentAfterEntry.parse({
      ...SUBJECT,
      messageSid: messageSid(),
      relation: 'same_sender',
      accountSid: 'AC1',
      sender: SERVICE,
      from: '+15005550006',
      sentAt: AT + 60_000,
      status: 'delivered',
      optOut: { messageSid: stop.messageSid, sender: SERVICE, occurredAt: AT },
      foundAt: AT + 90_000,
    });
    await sentAfter.add(entry);
    expect((await collect(ledger, prefix)).sentAfter).toEqual({
      checked: [{ account: 'AC1', since: '2026-02-25T10:00:00.000Z', until: '2026-02-25T10:00:00.000Z' }],
      messages: [
        {
          messageSid: entry.messageSid,
          relation: 'same_sender',
          sender: SERVICE,
          sentAt: '2026-02-25T10:01:00.000Z',
          status: 'delivered',
          optOut: stop.messageSid,
        },
      ],
    });
  });

  it('fails for a phone without an entry', async () => {
    const { ledger } = await ledgerOf('worker 1.4.0');
    await expect(collect(ledger)).rejects.toMatchObject({ code: 'entry_not_found' });
  });
});

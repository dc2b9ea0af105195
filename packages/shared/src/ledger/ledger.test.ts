import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { isOptedOut, type SenderConsent } from '../domain/consent';
import { isLater, orderTimes } from '../domain/order';
import { InboundEvent } from '../domain/inbound-event';
import { E164 } from '../domain/phone';
import type { Subject } from '../domain/subject';
import { Ledger } from './ledger';

jest.setTimeout(180_000);

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

function freshLedger(): {
  ledger: Ledger;
  subject: Subject;
  key: string;
} {
  const prefix = `test-${randomUUID()}`;
  const subject = { workspace: 'default', channel: 'sms', phone: E164.parse('+14155550123') } as const;
  return {
    ledger: new Ledger(redis, { prefix }),
    subject,
    key: `${prefix}:ledger:{default:sms:+14155550123}`,
  };
}

interface Message {
  n: number;
  kind: 'stop' | 'start' | 'help';
  at: number;
  sender: string;
}

const event = ({ n, kind, at, sender }: Message): InboundEvent =>
  InboundEvent.parse({
    version: 1,
    messageSid: `SM${n.toString(16).padStart(32, '0')}`,
    accountSid: 'AC1',
    kind,
    channel: 'sms',
    phone: '+14155550123',
    sender,
    source: 'webhook',
    occurredAt: at,
    receivedAt: at + 5,
  });

const NOW = 1_772_013_598_000;
const message = (n: number, kind: Message['kind'], at: number, sender = '+15005550006'): InboundEvent =>
  event({ n, kind, at: NOW + at, sender });

describe('Ledger', () => {
  it('has no entry for a phone without messages', async () => {
    const { ledger, subject } = freshLedger();
    expect(await ledger.read(subject)).toBeUndefined();
  });

  it('records kind, sender and time of a message', async () => {
    const { ledger, subject } = freshLedger();
    expect(await ledger.record(subject, message(1, 'stop', 0))).toEqual({
      result: 'recorded',
      version: 1,
      needsSync: true,
      confirms: false,
      superseded: [],
    });
    expect(await ledger.read(subject)).toEqual({
      version: 1,
      appliedVersion: 0,
      timestamp: NOW / 1000,
      senders: new Map([
        [
          '+15005550006',
          {
            state: 'stopped',
            orderAt: NOW,
            occurredAt: NOW,
            since: NOW,
            reason: 'message',
            source: 'webhook',
            version: 1,
            messageSid: message(1, 'stop', 0).messageSid,
          },
        ],
      ]),
      people: [],
      history: [
        {
          messageSid: message(1, 'stop', 0).messageSid,
          sender: '+15005550006',
          kind: 'stop',
          source: 'webhook',
          orderAt: NOW,
          occurredAt: NOW,
          receivedAt: NOW + 5,
          version: 1,
          outcome: 'pending',
        },
      ],
      versions: [expect.objectContaining({ version: 1, cause: 'event' })],
    });
  });

  it('changes once for a message that is delivered many times at once', async () => {
    const { ledger, subject } = freshLedger();
    const results = await Promise.all(
      Array.from({ length: 20 }, () => ledger.record(subject, message(1, 'stop', 0))),
    );
    expect(results.filter(({ result }) => result === 'recorded')).toHaveLength(1);
    expect(results.filter(({ result }) => result === 'duplicate')).toHaveLength(19);
    expect((await ledger.read(subject))?.version).toBe(1);
  });

  it('still asks for a sync on a duplicate until Customer.io holds the version', async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, message(1, 'stop', 0));
    expect(await ledger.record(subject, message(1, 'stop', 0))).toMatchObject({ needsSync: true });
    await ledger.markApplied(subject, 1, { outcome: 'applied', people: ['a1'] });
    expect(await ledger.record(subject, message(1, 'stop', 0))).toMatchObject({ needsSync: false });
  });

  it('records an older message as stale', async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, message(2, 'start', 10));
    expect((await ledger.record(subject, message(1, 'stop', 0))).result).toBe('stale');
    expect((await ledger.read(subject))?.senders.get('+15005550006')?.state).toBe('started');
  });

  it('stores HELP in the history without changing the consent', async () => {
    const { ledger, subject } = freshLedger();
    expect(await ledger.record(subject, message(1, 'help', 0))).toEqual({
      result: 'ignored',
      version: 0,
      needsSync: false,
      confirms: false,
      superseded: [],
    });
    await ledger.record(subject, message(2, 'stop', 1));
    await ledger.record(subject, message(3, 'help', 2));
    const entry = await ledger.read(subject);
    expect(entry?.senders.get('+15005550006')?.state).toBe('stopped');
    expect(entry?.history.map(({ outcome }) => outcome)).toEqual(['ignored', 'pending', 'ignored']);
  });

  it.each([
    ['the START first', [1, 0]],
    ['the blocked send first', [0, 1]],
  ])('orders a blocked send by the earliest time it can have been sent, %s', async (_, order) => {
    const { ledger, subject } = freshLedger();
    const hour = 3_600_000;
    const events = [
      { ...message(1, 'stop', hour), source: 'status_callback' as const, orderAt: NOW - 3 * hour },
      message(2, 'start', 0),
    ];
    for (const index of order) await ledger.record(subject, events[index]!);
    expect((await ledger.read(subject))?.senders.get('+15005550006')).toMatchObject({ state: 'started' });
    const later = {
      ...message(3, 'stop', 5 * hour),
      source: 'status_callback' as const,
      orderAt: NOW + hour,
    };
    await ledger.record(subject, later);
    const entry = await ledger.read(subject);
    expect(entry?.senders.get('+15005550006')).toMatchObject({
      state: 'stopped',
      occurredAt: NOW + 5 * hour,
    });
    expect(entry?.timestamp).toBe((NOW + 5 * hour) / 1_000);
  });

  it('lets a blocked send restore an opt-out that was lifted by hand before it', async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, message(1, 'stop', 0));
    await ledger.record(subject, { ...message(2, 'start', 60_000), source: 'manual' });
    expect((await ledger.read(subject))?.senders.get('+15005550006')?.state).toBe('started');
    const blocked = {
      ...message(3, 'stop', 120_000),
      source: 'status_callback' as const,
      orderAt: NOW - 3_600_000,
    };
    expect((await ledger.record(subject, blocked)).result).toBe('recorded');
    expect((await ledger.read(subject))?.senders.get('+15005550006')?.state).toBe('stopped');
    expect((await ledger.record(subject, { ...message(4, 'start', 90_000), source: 'manual' })).result).toBe(
      'stale',
    );
  });

  it('stores who overrode the consent and why, and which rule flagged a message', async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, {
      ...message(1, 'stop', 0),
      source: 'manual',
      by: 'ann',
      why: 'asked by phone',
    });
    const flagged = { ...message(2, 'help', 1), kind: 'review' as const, phrase: 'leave_me_alone' };
    expect((await ledger.record(subject, flagged)).result).toBe('ignored');
    expect((await ledger.read(subject))?.history.map(({ note }) => note)).toEqual([
      { by: 'ann', why: 'asked by phone' },
      { phrase: 'leave_me_alone' },
    ]);
  });

  it('gives each change within one second a later timestamp, and a stale message none', async () => {
    const { ledger, subject } = freshLedger();
    const timestamps = [];
    for (const [n, kind] of (['stop', 'start', 'start'] as const).entries()) {
      await ledger.record(subject, message(n, kind, n));
      timestamps.push((await ledger.read(subject))?.timestamp);
    }
    await ledger.record(subject, message(9, 'stop', -9_000));
    timestamps.push((await ledger.read(subject))?.timestamp);
    expect(timestamps).toEqual([0, 1, 2, 2].map((second) => NOW / 1000 + second));
  });

  it('settles the pending events up to the applied version, and no others', async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, message(1, 'stop', 0, 'MG1'));
    await ledger.record(subject, message(2, 'start', 1, 'MG2'));
    await ledger.record(subject, message(3, 'stop', 2, 'MG3'));
    const { needsSync, settled } = await ledger.markApplied(subject, 2, {
      outcome: 'applied',
      people: ['a1', 'a2'],
    });
    expect(needsSync).toBe(true);
    expect(settled.map(({ kind }) => kind).sort()).toEqual(['start', 'stop']);
    expect(await ledger.read(subject)).toMatchObject({
      appliedVersion: 2,
      people: ['a1', 'a2'],
      history: [{ outcome: 'applied' }, { outcome: 'applied' }, { outcome: 'pending' }],
    });
    expect(await ledger.markApplied(subject, 3, { outcome: 'no_match', people: [] })).toMatchObject({
      needsSync: false,
      settled: [{ kind: 'stop' }],
    });
    expect((await ledger.read(subject))?.history[2]?.outcome).toBe('no_match');
  });

  it('ends a pending message as stale when a later one makes a version', async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, message(1, 'stop', 0));
    const { superseded } = await ledger.record(subject, message(2, 'start', 1));
    expect(superseded).toMatchObject([{ messageSid: message(1, 'stop', 0).messageSid, outcome: 'stale' }]);
    const { settled } = await ledger.markApplied(subject, 2, { outcome: 'applied', people: ['a1'] });
    expect(settled.map(({ kind }) => kind)).toEqual(['start']);
    expect((await ledger.read(subject))?.history.map(({ outcome }) => outcome)).toEqual(['stale', 'applied']);
  });

  it('asks for the newer version again when an older one is written over it', async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, message(1, 'stop', 0));
    await ledger.record(subject, message(2, 'start', 1));
    await ledger.markApplied(subject, 2, { outcome: 'applied', people: ['a1'] });
    expect(await ledger.markApplied(subject, 1, { outcome: 'applied', people: ['a1'] })).toEqual({
      needsSync: true,
      settled: [],
    });
    expect((await ledger.markApplied(subject, 2, { outcome: 'applied', people: ['a1'] })).needsSync).toBe(
      false,
    );
  });

  it('raises the timestamp above the values to overwrite, and later versions above that', async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, message(1, 'stop', 0));
    expect(await ledger.raiseTimestamp(subject, 1, [NOW / 1_000 + 100, NOW / 1_000 + 500])).toBe(
      NOW / 1_000 + 501,
    );
    expect(await ledger.raiseTimestamp(subject, 1, [5])).toBe(NOW / 1_000 + 502);
    await ledger.record(subject, message(2, 'start', 1_000));
    expect(await ledger.read(subject)).toMatchObject({ version: 2, timestamp: NOW / 1_000 + 503 });
  });

  it("raises the timestamp above Redis' time where the time of a value is unknown", async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, message(1, 'stop', 0));
    const before = Math.floor((await ledger.now()) / 1_000);
    expect(await ledger.raiseTimestamp(subject, 1, [7, undefined])).toBeGreaterThan(before);
  });

  it('raises no timestamp once the entry has another version', async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, message(1, 'stop', 0));
    await ledger.record(subject, message(2, 'start', 1_000));
    expect(await ledger.raiseTimestamp(subject, 1, [undefined])).toBeUndefined();
    expect((await ledger.read(subject))?.timestamp).toBe(NOW / 1_000 + 1);
  });

  it('stores a comparison without changing versions and outcomes, and only while its version is applied', async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, message(1, 'stop', 0));
    await ledger.markApplied(subject, 1, { outcome: 'no_match', people: [] });
    const before = await ledger.read(subject);
    await ledger.markChecked(subject, 1, { people: ['a1'], read: true, wrote: false });
    const after = await ledger.read(subject);
    expect(after).toEqual({ ...before, people: ['a1'], readAt: expect.any(Number) as unknown });
    await ledger.markChecked(subject, 2, { people: ['b1'], read: true, wrote: true });
    expect(await ledger.read(subject)).toEqual(after);
  });

  it('allows a dead-lettered event to be applied later', async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, message(1, 'stop', 0));
    expect(await ledger.markDeadLettered(subject, 1)).toHaveLength(1);
    expect(await ledger.read(subject)).toMatchObject({
      appliedVersion: 0,
      history: [{ outcome: 'dead_lettered' }],
    });
    await ledger.markApplied(subject, 1, { outcome: 'applied', people: ['a1'] });
    expect((await ledger.read(subject))?.history[0]?.outcome).toBe('applied');
  });

  it('settles a dead-lettered event as stale when a newer one of its sender is applied', async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, message(1, 'stop', 0));
    await ledger.markDeadLettered(subject, 1);
    await ledger.record(subject, message(2, 'start', 1));
    const { settled } = await ledger.markApplied(subject, 2, { outcome: 'applied', people: ['a1'] });
    expect(settled.map(({ kind, outcome }) => [kind, outcome])).toEqual(
      expect.arrayContaining([
        ['stop', 'stale'],
        ['start', 'applied'],
      ]),
    );
    expect((await ledger.read(subject))?.history.map(({ outcome }) => outcome)).toEqual(['stale', 'applied']);
  });

  const applyAll = async (ledger: Ledger, subject: Subject, outcome: 'applied' | 'no_match' = 'applied') => {
    const version = (await ledger.read(subject))?.version ?? 0;
    return ledger.markApplied(subject, version, { outcome, people: outcome === 'applied' ? ['a1'] : [] });
  };

  it('gives a repeated opt-out the outcome applied at once, without a new version', async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, message(1, 'stop', 0));
    await applyAll(ledger, subject);
    const blocked = {
      ...message(3, 'stop', 9_000),
      source: 'status_callback' as const,
      orderAt: NOW + 2_000,
    };
    for (const repeated of [message(2, 'stop', 1_000), blocked]) {
      expect(await ledger.record(subject, repeated)).toEqual({
        result: 'applied',
        version: 1,
        needsSync: false,
        confirms: true,
        superseded: [],
      });
      const entry = await ledger.read(subject);
      expect(entry?.senders.get('+15005550006')?.messageSid).toBe(repeated.messageSid);
    }
    const entry = await ledger.read(subject);
    expect(entry).toMatchObject({ version: 1, appliedVersion: 1, timestamp: NOW / 1_000 });
    expect(entry?.history.map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'applied']);
    expect(await ledger.record(subject, message(2, 'stop', 1_000))).toMatchObject({
      result: 'duplicate',
      confirms: false,
      superseded: [],
    });
  });

  it('judges a START by the repeated opt-out, not by the first one', async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, message(1, 'stop', 0));
    await applyAll(ledger, subject);
    await ledger.record(subject, message(2, 'stop', 10_000));
    expect(await ledger.record(subject, message(3, 'start', 5_000))).toMatchObject({ result: 'stale' });
    expect(await ledger.record(subject, message(4, 'start', 15_000))).toMatchObject({
      result: 'recorded',
      version: 2,
    });
    expect((await ledger.read(subject))?.timestamp).toBe(NOW / 1_000 + 15);
  });

  it('ends a repeated opt-out with the pending version that it repeats', async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, message(1, 'stop', 0));
    expect(await ledger.record(subject, message(2, 'stop', 1_000))).toEqual({
      result: 'recorded',
      version: 1,
      needsSync: true,
      confirms: false,
      superseded: [],
    });
    expect((await applyAll(ledger, subject)).settled).toHaveLength(2);
  });

  it.each(['no_match', 'dead_lettered'] as const)(
    'tries again with a new version when a %s opt-out is repeated',
    async (outcome) => {
      const { ledger, subject } = freshLedger();
      await ledger.record(subject, message(1, 'stop', 0));
      if (outcome === 'no_match') await applyAll(ledger, subject, outcome);
      else await ledger.markDeadLettered(subject, 1);
      expect(await ledger.record(subject, message(2, 'stop', 1_000))).toMatchObject({
        result: 'recorded',
        version: 2,
        needsSync: true,
      });
    },
  );

  it('makes a new version of a repeated opt-out while another sender is started', async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, message(1, 'stop', 0, 'MG1'));
    await ledger.record(subject, message(2, 'start', 1_000, 'MG2'));
    await applyAll(ledger, subject);
    const repeated = await ledger.record(subject, message(3, 'stop', 2_000, 'MG1'));
    expect(repeated).toMatchObject({ result: 'recorded', version: 3, needsSync: true });
  });

  it('reports that a stale opt-out confirms one that is applied', async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, message(2, 'stop', 1_000));
    await applyAll(ledger, subject);
    expect(await ledger.record(subject, message(1, 'stop', 0))).toMatchObject({
      result: 'stale',
      confirms: true,
    });
  });

  it('stays in the applied version when the time of a repeated opt-out is corrected', async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, message(1, 'stop', 0));
    await applyAll(ledger, subject);
    await ledger.record(subject, message(2, 'stop', 1_000));
    const earlier = { ...message(2, 'stop', -1_000), source: 'event_stream' as const };
    expect(await ledger.record(subject, earlier)).toMatchObject({ result: 'duplicate', needsSync: false });
    const entry = await ledger.read(subject);
    expect(entry?.senders.get('+15005550006')?.messageSid).toBe(message(1, 'stop', 0).messageSid);
    expect(entry?.history.map(({ outcome }) => outcome)).toEqual(['applied', 'applied']);
  });

  it('asks for a sync when a corrected time changes which sender was last', async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, message(1, 'start', 0, 'MG1'));
    await ledger.record(subject, message(2, 'stop', 1, 'MG2'));
    await applyAll(ledger, subject);
    const earlier = { ...message(2, 'stop', -1, 'MG2'), source: 'event_stream' as const };
    expect(await ledger.record(subject, earlier)).toMatchObject({ result: 'duplicate', needsSync: true });
    expect((await applyAll(ledger, subject)).settled).toEqual([]);
  });

  it('stores one opt-out in a listpack of a few hundred bytes', async () => {
    const { ledger, subject, key } = freshLedger();
    await ledger.record(subject, message(1, 'stop', 0, 'MG00000000000000000000000000000001'));
    await ledger.markApplied(subject, 1, { outcome: 'applied', people: ['a3000001'] });
    expect(await redis.object('ENCODING', key)).toBe('listpack');
    expect(await redis.memory('USAGE', key)).toBeLessThan(400);
  });

  it.each([
    ['help', 'ignored'],
    ['review', 'ignored'],
    ['start', 'recorded'],
  ] as const)('prefers a STOP that only Twilio recognised to the %s of the body', async (kind, first) => {
    const { ledger, subject } = freshLedger();
    const weaker = { ...message(1, 'help', 0), kind, source: 'event_stream' as const };
    expect((await ledger.record(subject, weaker)).result).toBe(first);
    expect((await ledger.record(subject, message(1, 'stop', 0))).result).toBe('recorded');
    expect((await ledger.record(subject, weaker)).result).toBe('duplicate');
    const entry = await ledger.read(subject);
    expect(entry?.senders.get('+15005550006')?.state).toBe('stopped');
    expect(entry?.history).toHaveLength(1);
  });

  it("corrects the time of arrival to Twilio's own time of the message", async () => {
    const { ledger, subject } = freshLedger();
    await ledger.record(subject, { ...message(1, 'stop', -1_000), source: 'event_stream' });
    await ledger.record(subject, message(2, 'start', 0));
    expect((await ledger.read(subject))?.senders.get('+15005550006')?.state).toBe('started');
    const truth = { ...message(2, 'start', -5_000), source: 'event_stream' as const };
    expect(await ledger.record(subject, truth)).toMatchObject({ result: 'duplicate', needsSync: true });
    const entry = await ledger.read(subject);
    expect(entry?.senders.get('+15005550006')?.state).toBe('stopped');
    expect(entry?.history.map(({ outcome }) => outcome)).toEqual(['stale', 'pending']);
  });

  const isStopped = ({ state }: SenderConsent): boolean => state === 'stopped';

  /** What Customer.io holds by each policy. Whenever the ledger asks for no sync, that must be the state of the entry. */
  const heldState = () => {
    const statesOf = async (ledger: Ledger, subject: Subject) => {
      const consents = [...((await ledger.read(subject))?.senders.values() ?? [])];
      return (['any', 'last'] as const).map((policy) => isOptedOut(consents, policy));
    };
    let held: (boolean | undefined)[] = [undefined, undefined];
    return {
      async check(ledger: Ledger, subject: Subject, needsSync: boolean, applied: boolean): Promise<void> {
        if (!needsSync) expect(await statesOf(ledger, subject)).toEqual(held);
        if (!applied) return;
        held = await statesOf(ledger, subject);
        await applyAll(ledger, subject);
      },
    };
  };

  it("equals the reference model by Twilio's times, however late webhooks and streams arrive", async () => {
    const anyMessage = fc.record({
      kind: fc.constantFrom('stop' as const, 'start' as const, 'help' as const),
      at: fc.integer({ min: 0, max: 3_000 }),
      sender: fc.constantFrom('MG1', 'MG2'),
    });
    const delivery = fc.record({
      n: fc.nat(5),
      late: fc.integer({ min: 0, max: 4_000 }),
      streamed: fc.boolean(),
      applied: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyMessage, { minLength: 6, maxLength: 6 }),
        fc.array(delivery, { minLength: 1, maxLength: 20 }),
        async (messages, deliveries) => {
          const { ledger, subject } = freshLedger();
          const knownAt = new Map<number, { at: number; streamed: boolean }>();
          const held = heldState();
          for (const { n, late, streamed, applied } of deliveries) {
            const { kind, at, sender } = messages[n]!;
            const time = NOW + at + (streamed ? 0 : late);
            const source = streamed ? 'event_stream' : 'webhook';
            const { needsSync } = await ledger.record(subject, {
              ...event({ n, kind, at: time, sender }),
              source,
            });
            await held.check(ledger, subject, needsSync, applied);
            const best = knownAt.get(n) ?? { at: time, streamed };
            if (streamed === best.streamed) knownAt.set(n, { at: Math.min(time, best.at), streamed });
            else if (streamed) knownAt.set(n, { at: time, streamed });
          }
          const expected = new Map<string, SenderConsent>();
          for (const [n, { at, streamed }] of knownAt) {
            const { kind, sender } = messages[n]!;
            if (kind === 'help') continue;
            const { messageSid } = event({ n, kind, at, sender });
            const state = kind === 'stop' ? 'stopped' : 'started';
            const source = streamed ? 'event_stream' : 'webhook';
            const times = orderTimes({ kind, source, occurredAt: at });
            const next = { state, ...times, source, messageSid } as const;
            const present = expected.get(sender);
            if (!present || isLater(next, present)) expected.set(sender, next);
          }
          const entry = await ledger.read(subject);
          const states = (senders: Iterable<[string, SenderConsent]>): Record<string, string> =>
            Object.fromEntries(
              [...senders].map(([sender, { state, messageSid }]) => [sender, `${state} ${messageSid}`]),
            );
          expect(states(entry?.senders ?? [])).toEqual(states(expected));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('equals the reference model in any order, with repetitions and ties', async () => {
    const delivery = fc.record({
      n: fc.integer({ min: 1, max: 12 }),
      kind: fc.constantFrom('stop' as const, 'start' as const, 'help' as const),
      at: fc.integer({ min: 0, max: 4 }),
      sender: fc.constantFrom('MG1', 'MG2'),
      applied: fc.boolean(),
    });
    // A sid identifies one message: the first delivery with it defines the message, the others repeat it.
    const deliveries = fc.array(delivery, { minLength: 1, maxLength: 25 }).map((all) => {
      const messages = new Map(all.toReversed().map((one) => [one.n, one]));
      return all.map(({ n, applied }) => ({ ...(messages.get(n) as Message), applied }));
    });
    await fc.assert(
      fc.asyncProperty(deliveries, async (delivered) => {
        const { ledger, subject } = freshLedger();
        const events = delivered.map((one) => event({ ...one, at: NOW + one.at }));
        const held = heldState();
        for (const [index, one] of events.entries()) {
          const { needsSync } = await ledger.record(subject, one);
          await held.check(ledger, subject, needsSync, delivered[index]?.applied === true);
        }

        const expected = new Map<string, SenderConsent>();
        const outcomes = new Map<string, string>();
        let version = 0;
        let appliedVersion = 0;
        for (const [index, { kind, sender, occurredAt, messageSid }] of events.entries()) {
          if (!outcomes.has(messageSid)) {
            outcomes.set(messageSid, kind === 'help' ? 'ignored' : 'stale');
            const next = {
              state: kind === 'stop' ? 'stopped' : 'started',
              orderAt: occurredAt,
              occurredAt,
              source: 'webhook',
              messageSid,
            } as const;
            const present = expected.get(sender);
            if (kind !== 'help' && (!present || isLater(next, present))) {
              const all = [...new Map(expected).set(sender, next).values()];
              const repeats = present && [...expected.values(), ...all].every(isStopped);
              if (!repeats) {
                version += 1;
                // The version replaces what this sender has pending.
                for (const one of events) {
                  if (one.sender === sender && outcomes.get(one.messageSid) === 'pending') {
                    outcomes.set(one.messageSid, 'stale');
                  }
                }
              }
              // A repeated opt-out that Customer.io already has needs no write.
              outcomes.set(messageSid, version > appliedVersion ? 'pending' : 'applied');
              expected.set(sender, next);
            }
          }
          if (delivered[index]?.applied === true || index === events.length - 1) {
            appliedVersion = version;
            for (const [sid, outcome] of outcomes) if (outcome === 'pending') outcomes.set(sid, 'applied');
          }
        }
        await applyAll(ledger, subject);
        const entry = await ledger.read(subject);
        expect(entry?.version ?? 0).toBe(version);
        expect(
          Object.fromEntries((entry?.history ?? []).map(({ messageSid, outcome }) => [messageSid, outcome])),
        ).toEqual(Object.fromEntries(outcomes));
        expect(Object.fromEntries(entry?.senders ?? [])).toMatchObject(Object.fromEntries(expected));
        expect(entry?.senders.size ?? 0).toBe(expected.size);
        expect(entry?.history).toHaveLength(new Set(delivered.map(({ n }) => n)).size);
        for (const policy of ['any', 'last'] as const) {
          expect(isOptedOut([...(entry?.senders.values() ?? [])], policy)).toBe(
            isOptedOut([...expected.values()], policy),
          );
        }
      }),
      { numRuns: 150 },
    );
  });
});

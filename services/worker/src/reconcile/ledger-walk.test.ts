import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Channel, E164, Subject } from '@optout-sync/shared/domain';
import { Ledger } from '@optout-sync/shared/ledger';
import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import { closeQueues } from '@optout-sync/shared/queues';
import { Findings, SyncMarks, UnappliedIndex } from '@optout-sync/shared/reconcile';
import { inboundEvent } from '../test-support/worker-harness';
import { ForcedSyncRequests } from './forced-sync-requests';
import { LedgerWalk, type WalkProgress, type WalkedPass } from './ledger-walk';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
let prefix: string;
let queues: JobStores;
let ledger: Ledger;
let requested: string[];
/** On which page each was asked for. */
let pageOf: Map<string, number>;
let pages: number;
beforeEach(() => {
  prefix = `test-${randomUUID()}`;
  queues = openJobStores(redis, prefix);
  ledger = new Ledger(redis, { prefix });
  requested = [];
  pageOf = new Map();
  pages = 0;
});
afterEach(() => closeQueues(queues));
afterAll(() => redis.quit());

class CountedRequests extends ForcedSyncRequests {
  override async request(...[subject, ...rest]: Parameters<ForcedSyncRequests['request']>): Promise<void> {
    requested.push(`${subject.channel}:${subject.phone}`);
    pageOf.set(`${subject.channel}:${subject.phone}`, pages);
    await super.request(subject, ...rest);
  }
}
const newWalk = (retentionMs?: number, now = Date.now): LedgerWalk =>
  new LedgerWalk({
    workspace: 'default',
    retentionMs,
    now,
    ledger,
    queues,
    unapplied: new UnappliedIndex(redis, prefix),
    findings: new Findings(redis, prefix),
    requests: new CountedRequests({ marks: new SyncMarks(redis, prefix), queues, now: Date.now }),
  });

const subjectOf = (n: number, channel: Channel): Subject => ({
  workspace: 'default',
  channel,
  phone: `+1415555${String(n).padStart(4, '0')}` as E164,
});
async function applied(subject: Subject, kind: 'stop' | 'start' = 'stop'): Promise<void> {
  await ledger.record(subject, inboundEvent(subject.phone, { kind, channel: subject.channel }));
  await ledger.markApplied(subject, 1, { outcome: 'applied', people: ['a1'] });
}

/** Walks with a page of about one phone. Another worker takes over after each page where `isTakenOver`. */
async function walkAll(
  isTakenOver = false,
  {
    retentionMs,
    passes = { sweep: 's1' },
    mode = 'enforce',
    now,
  }: {
    retentionMs?: number;
    passes?: WalkedPass['passes'];
    mode?: WalkedPass['mode'];
    now?: () => number;
  } = {},
): Promise<Record<string, string | number>> {
  const pass = { passes, mode };
  const state: Record<string, string | number> = { cursor: '', examined: 0, requested: 0, unverified: 0 };
  const advance = (progress: WalkProgress): Promise<void> => {
    for (const [field, value] of Object.entries(progress)) {
      state[field] = String(value).startsWith('+') ? Number(state[field] ?? 0) + Number(value) : value;
    }
    return Promise.resolve();
  };
  let walk = newWalk(retentionMs, now);
  for (;;) {
    pages++;
    const {
      cursor,
      examined,
      requested: asked,
    } = state as { cursor: string; examined: number; requested: number };
    if (await walk.readPage({ ...pass, cursor, examined, requested: asked }, 1, advance)) return state;
    if (isTakenOver) walk = newWalk(retentionMs, now);
  }
}

it('asks for the entries of a number on both channels together and once, and for nobody who is not stopped', async () => {
  const numbers = Array.from({ length: 30 }, (_, n) => n);
  for (const n of numbers) {
    await applied(subjectOf(n, 'sms'));
    await applied(subjectOf(n, 'whatsapp'), n % 3 === 0 ? 'start' : 'stop');
  }
  const state = await walkAll();
  const expected = numbers.flatMap((n) => [
    `sms:${subjectOf(n, 'sms').phone}`,
    ...(n % 3 === 0 ? [] : [`whatsapp:${subjectOf(n, 'whatsapp').phone}`]),
  ]);
  expect([...requested].sort()).toEqual(expected.sort());
  expect(state).toMatchObject({ examined: 60, requested: 50, unverified: 50, walked: '1' });
  for (const [member, page] of pageOf) {
    if (member.startsWith('whatsapp')) expect(pageOf.get(member.replace('whatsapp', 'sms'))).toBe(page);
  }
  expect(pages).toBeGreaterThan(5);
});

it('removes what is older than the retention in a sweep, from every entry, and in no pass that was asked for', async () => {
  const YEAR_MS = 366 * 86_400_000;
  const said = async (subject: Subject, kinds: readonly ('start' | 'stop')[]): Promise<void> => {
    for (const [n, kind] of kinds.entries()) {
      const at = Date.now() - (2 + kinds.length - n) * YEAR_MS;
      const { phone } = subject;
      await ledger.record(subject, inboundEvent(phone, { kind, occurredAt: at, receivedAt: at }));
      await ledger.markApplied(subject, n + 1, { outcome: 'applied', people: ['a1'] });
    }
  };
  const [out, back] = [subjectOf(1, 'sms'), subjectOf(2, 'sms')];
  await said(out, ['stop', 'start', 'stop', 'start', 'stop']);
  await said(back, ['start', 'stop', 'start', 'stop', 'start']);
  const kinds = async (subject: Subject) => (await ledger.read(subject))?.history.map(({ kind }) => kind);
  const retentionMs = YEAR_MS;

  await walkAll();
  await walkAll(false, { retentionMs: 9 * YEAR_MS });
  await walkAll(false, { retentionMs, passes: { requested: 'r1' } });
  // The clock of the machine is wrong, and that of Redis is not.
  const now = Date.now.bind(Date);
  const wrong = jest.spyOn(Date, 'now').mockImplementation(() => now() + 8 * YEAR_MS);
  await walkAll(false, { retentionMs: 9 * YEAR_MS, now });
  wrong.mockRestore();
  expect((await kinds(out))?.length).toBe(5);

  await walkAll(false, { retentionMs });
  expect([await kinds(out), await kinds(back)]).toEqual([
    ['start', 'stop'],
    ['stop', 'start'],
  ]);
  expect((await ledger.read(out))?.senders.get('+15005550006')?.state).toBe('stopped');
});

it('asks for every stopped entry at least once when another worker continues it', async () => {
  for (let n = 0; n < 10; n++) {
    await applied(subjectOf(n, 'sms'));
    await applied(subjectOf(n, 'whatsapp'));
  }
  await walkAll(true);
  expect(new Set(requested).size).toBe(20);
});

it('counts an event that has waited without a job, and not one that was received a moment ago', async () => {
  const at = Date.now() - 60_000;
  const [old, recent] = [subjectOf(1, 'sms'), subjectOf(2, 'sms')];
  await ledger.record(old, inboundEvent(old.phone, { occurredAt: at, receivedAt: at }));
  await ledger.record(recent, inboundEvent(recent.phone));
  const state = await walkAll();
  expect(state['found:unapplied']).toBe(1);
  const index = new UnappliedIndex(redis, prefix);
  const listed = await index.list('default', { before: Date.now(), offset: 0, limit: 10 });
  expect(listed.map(({ subject }) => subject.phone)).toEqual([old.phone, recent.phone]);
});

it('waits for the sync of a version that only the better time of a message made', async () => {
  const subject = subjectOf(1, 'sms');
  const stop = inboundEvent(subject.phone, { sender: 'MG1', occurredAt: 1_000, receivedAt: 1_000 });
  await ledger.record(subject, stop);
  await ledger.record(subject, inboundEvent(subject.phone, { kind: 'start', occurredAt: 2_000 }));
  await ledger.markApplied(subject, 2, { outcome: 'applied', people: [] });
  await ledger.record(subject, { ...stop, source: 'event_stream', occurredAt: 3_000 });
  expect(await ledger.read(subject)).toMatchObject({ version: 3, appliedVersion: 2 });
  expect(await walkAll()).toMatchObject({ requested: 1 });
  const index = new UnappliedIndex(redis, prefix);
  const waiting = await index.list('default', { before: Date.now() + 1, offset: 0, limit: 10 });
  expect(waiting.map(({ subject: { phone } }) => phone)).toEqual([subject.phone]);
});

const indexed = async (): Promise<string[]> => {
  const index = new UnappliedIndex(redis, prefix);
  const waiting = await index.list('default', { before: Date.now() + 1, offset: 0, limit: 10 });
  return waiting.map(({ subject: { channel, phone } }) => `${channel}:${phone}`);
};

/** As a sync that failed for good leaves the phone. */
async function deadLettered(
  subject: Subject,
  kind: 'stop' | 'start' = 'stop',
  sender = '+15005550006',
): Promise<void> {
  const event = inboundEvent(subject.phone, {
    kind,
    sender,
    channel: subject.channel,
    receivedAt: Date.now() - 60_000,
  });
  const { version } = await ledger.record(subject, event);
  await queues.deadLetters.put({
    version: 1,
    stage: 'sync',
    code: 'rejected',
    message: 'rejected',
    undone: { type: 'sync', request: { version: 1, ...subject }, messageSids: [event.messageSid] },
    attempts: [],
    firstFailedAt: 1,
    lastFailedAt: 1,
  });
  await ledger.markDeadLettered(subject, version);
}

it('leaves a version that waits for an operator', async () => {
  await deadLettered(subjectOf(1, 'sms'));
  await deadLettered(subjectOf(2, 'sms'), 'start');
  expect(await walkAll()).toMatchObject({ examined: 2, requested: 0 });
  expect(await indexed()).toEqual([]);
});

it('waits for the sync of an opt-out whose dead letter was discarded, and of no opt-in', async () => {
  const [out, back] = [subjectOf(1, 'sms'), subjectOf(2, 'sms')];
  await deadLettered(out);
  await deadLettered(back, 'start');
  for (const { phone } of [out, back]) await queues.deadLetters.discard({ phone });
  // That of the other channel is another one's.
  await deadLettered({ ...out, channel: 'whatsapp' });
  expect(await walkAll()).toMatchObject({ requested: 1, 'found:unapplied': 1 });
  expect(await indexed()).toEqual([`sms:${out.phone}`]);
});

it('leaves a discarded opt-in beside an opt-out that is applied, and not beside one that is discarded too', async () => {
  const [held, lacking] = [subjectOf(1, 'sms'), subjectOf(2, 'sms')];
  await applied(held);
  await deadLettered(held, 'start', '+15005550007');
  await applied(lacking, 'start');
  await deadLettered(lacking, 'stop');
  await deadLettered(lacking, 'start', '+15005550007');
  for (const { phone } of [held, lacking]) await queues.deadLetters.discard({ phone });
  expect(await ledger.read(held)).toMatchObject({ version: 2, appliedVersion: 1 });
  expect(await walkAll()).toMatchObject({ examined: 2, requested: 1 });
  expect(await indexed()).toEqual([`sms:${lacking.phone}`]);
});

it('has no discarded opt-out applied by a pass that only reports', async () => {
  const [discarded, pending] = [subjectOf(1, 'sms'), subjectOf(2, 'sms')];
  await deadLettered(discarded);
  await queues.deadLetters.discard({ phone: discarded.phone });
  await ledger.record(pending, inboundEvent(pending.phone));
  expect(await walkAll(false, { mode: 'report' })).toMatchObject({ examined: 2, requested: 1 });
  expect(await indexed()).toEqual([`sms:${pending.phone}`]);
});

it('waits for the sync of an opt-out whose applied version Redis lost', async () => {
  const [ahead, pending, back, ghost, beside] = [1, 2, 3, 4, 5].map((n) => subjectOf(n, 'sms')) as [
    Subject,
    Subject,
    Subject,
    Subject,
    Subject,
  ];
  await applied(ahead);
  await ledger.record(pending, inboundEvent(pending.phone));
  await applied(back, 'start');
  await applied(beside);
  await deadLettered(beside, 'start', '+15005550007');
  await queues.deadLetters.discard({ phone: beside.phone });
  for (const [{ phone }, version] of [
    [ahead, 2],
    [pending, 1],
    [back, 2],
    [ghost, 1],
    [beside, 3],
  ] as const) {
    await redis.hset(`${prefix}:ledger:{default:sms:${phone}}`, 'a', version);
  }
  expect(await walkAll()).toMatchObject({ requested: 3 });
  expect((await indexed()).sort()).toEqual([ahead, pending, beside].map(({ phone }) => `sms:${phone}`));
});

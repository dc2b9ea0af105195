import { MessageSid } from '@optout-sync/shared/domain';
import type { LedgerEntry } from '@optout-sync/shared/ledger';
import type { Subscriber } from '../workload/subscriber';
import { check, noViolations } from './checker';

const subscriber: Subscriber = {
  phone: '+14155550101',
  people: ['p1', 'p2'],
  late: [],
  accepted: [
    { sid: `SM${'1'.repeat(32)}`, kind: 'stop', sender: 'MG1', sentAt: 1_000, streamed: false },
    { sid: `SM${'2'.repeat(32)}`, kind: 'start', sender: 'MG1', sentAt: 2_000, streamed: false },
    { sid: `SM${'3'.repeat(32)}`, kind: 'help', sender: 'MG1', sentAt: 3_000, streamed: false },
  ],
};
type RecordedEvent = LedgerEntry['history'][number];

const event = (
  n: number,
  kind: RecordedEvent['kind'],
  version: number,
  outcome: RecordedEvent['outcome'],
): RecordedEvent => ({
  messageSid: MessageSid.parse(`SM${String(n).repeat(32)}`),
  sender: 'MG1',
  kind,
  source: 'webhook',
  orderAt: n * 1_000,
  occurredAt: n * 1_000,
  receivedAt: n * 1_000,
  version,
  outcome,
});
const noted = (version: number, n: number, cause: 'event' | 'correction' = 'event') => ({
  version,
  writtenAt: 1,
  writtenBy: '-',
  cause,
  messageSid: `SM${String(n).repeat(32)}`,
});
const asPromised: LedgerEntry = {
  version: 2,
  appliedVersion: 2,
  timestamp: 2,
  senders: new Map(),
  people: ['p1', 'p2'],
  versions: [noted(1, 1), noted(2, 2)],
  history: [event(1, 'stop', 1, 'applied'), event(2, 'start', 2, 'applied'), event(3, 'help', 2, 'ignored')],
};
const violations = (change: Partial<LedgerEntry>, values: unknown[] = [false, false]) => {
  const { lost, duplicated, wrong } = check(subscriber, { ...asPromised, ...change }, values);
  return [lost.length, duplicated.length, wrong.length];
};
/** The history with one event in place of the event of the same message, or in addition. */
const historyWith = (other: RecordedEvent) => ({
  history: [...asPromised.history.filter(({ messageSid }) => messageSid !== other.messageSid), other],
});

describe('the checker', () => {
  it('finds no violation in an entry that is as promised', () => {
    expect(violations({})).toEqual([0, 0, 0]);
  });

  it('reports a message without a trace or still pending as lost', () => {
    expect(violations(historyWith(event(1, 'stop', 1, 'pending')))).toEqual([1, 0, 0]);
    expect(check(subscriber, undefined, [undefined, undefined]).lost).toHaveLength(3);
  });

  it('reports a second change of the ledger as duplicated', () => {
    const versions = [...asPromised.versions, noted(3, 2)];
    expect(violations({ version: 3, appliedVersion: 3, versions })).toEqual([0, 1, 0]);
    expect(violations({ version: 3, appliedVersion: 3 })).toEqual([0, 1, 0]);
  });

  it('accepts a repeated STOP in the version of the first', () => {
    const history = [
      event(1, 'stop', 1, 'applied'),
      event(2, 'stop', 1, 'applied'),
      event(3, 'help', 1, 'ignored'),
    ];
    const accepted = subscriber.accepted.map((message, n) =>
      n === 1 ? { ...message, kind: 'stop' as const } : message,
    );
    const repeated = { ...asPromised, version: 1, appliedVersion: 1, history, versions: [noted(1, 1)] };
    expect(check({ ...subscriber, accepted }, repeated, [true, true])).toEqual(noViolations());
  });

  it('accepts one version by the corrected time of a streamed message, and no other correction', () => {
    const corrected = (...by: number[]) => ({
      ...asPromised,
      version: 2 + by.length,
      appliedVersion: 2 + by.length,
      versions: [...asPromised.versions, ...by.map((n, at) => noted(3 + at, n, 'correction'))],
    });
    const accepted = subscriber.accepted.map((message) => ({
      ...message,
      streamed: message.kind === 'stop',
    }));
    const found = (...by: number[]) =>
      check({ ...subscriber, accepted }, corrected(...by), [false, false]).duplicated.length;
    expect([found(1), found(2), found(1, 1)]).toEqual([0, 1, 1]);
  });

  it('reports a wrong attribute, an impossible outcome, an unapplied version and an unknown message', () => {
    expect(violations({}, [false, true])).toEqual([0, 0, 1]);
    expect(violations(historyWith(event(3, 'help', 2, 'stale')))).toEqual([0, 0, 1]);
    expect(violations({ appliedVersion: 1 })).toEqual([0, 0, 1]);
    expect(violations(historyWith(event(4, 'stop', 2, 'stale')))).toEqual([0, 0, 1]);
  });

  it('reports somebody who got a stopped number and is not opted out, but nobody who got another one', () => {
    const [stop] = subscriber.accepted;
    const stopped = { ...subscriber, late: ['p3', 'p4'], accepted: stop ? [stop] : [] };
    const history = [event(1, 'stop', 1, 'applied')];
    const entry = { ...asPromised, version: 1, appliedVersion: 1, history, versions: [noted(1, 1)] };
    expect(check(stopped, entry, [true, true], [true, true])).toEqual(noViolations());
    expect(check(stopped, entry, [true, true], [false, undefined]).wrong).toHaveLength(2);
    expect(check({ ...subscriber, late: ['p3'] }, asPromised, [false, false], [undefined])).toEqual(
      noViolations(),
    );
  });

  it('accepts any outcome of a number that nobody had at first', () => {
    const unknown = { ...subscriber, people: [], late: ['p3'] };
    expect(check(unknown, asPromised, [], [false])).toEqual(noViolations());
    expect(check({ ...unknown, late: [] }, asPromised, []).wrong).toHaveLength(2);
  });
});

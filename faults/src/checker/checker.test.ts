import { MessageSid } from '@optout-sync/shared/domain';
import type { LedgerEntry } from '@optout-sync/shared/ledger';
import type { Caller } from '../workload/message';
import { check } from './checker';

const caller: Caller = {
  phone: '+14155550101',
  people: ['p1', 'p2'],
  accepted: [
    { sid: `SM${'1'.repeat(32)}`, kind: 'stop', sender: 'MG1', sentAt: 1_000 },
    { sid: `SM${'2'.repeat(32)}`, kind: 'start', sender: 'MG1', sentAt: 2_000 },
    { sid: `SM${'3'.repeat(32)}`, kind: 'help', sender: 'MG1', sentAt: 3_000 },
  ],
};
type Row = LedgerEntry['history'][number];

const row = (n: number, kind: Row['kind'], version: number, outcome: Row['outcome']): Row => ({
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
const asPromised: LedgerEntry = {
  version: 2,
  appliedVersion: 2,
  timestamp: 2,
  senders: new Map(),
  people: ['p1', 'p2'],
  history: [row(1, 'stop', 1, 'applied'), row(2, 'start', 2, 'applied'), row(3, 'help', 2, 'ignored')],
};
const complaints = (change: Partial<LedgerEntry>, values: unknown[] = [false, false]) => {
  const { lost, doubled, wrong } = check(caller, { ...asPromised, ...change }, values);
  return [lost.length, doubled.length, wrong.length];
};
/** The history with one row in the place of its message's, or added. */
const history = (other: Row) => ({
  history: [...asPromised.history.filter(({ messageSid }) => messageSid !== other.messageSid), other],
});

describe('the judge', () => {
  it('has nothing to say against what is as promised', () => {
    expect(complaints({})).toEqual([0, 0, 0]);
  });

  it('calls lost what left no trace or is pending', () => {
    expect(complaints(history(row(1, 'stop', 1, 'pending')))).toEqual([1, 0, 0]);
    expect(check(caller, undefined, [undefined, undefined]).lost).toHaveLength(3);
  });

  it('calls doubled what changed the ledger twice', () => {
    expect(complaints({ version: 3, appliedVersion: 3 })).toEqual([0, 1, 0]);
  });

  it('calls wrong an attribute, an outcome, a version or a message that should not be', () => {
    expect(complaints({}, [false, true])).toEqual([0, 0, 1]);
    expect(complaints(history(row(3, 'help', 2, 'stale')))).toEqual([0, 0, 1]);
    expect(complaints({ appliedVersion: 1 })).toEqual([0, 0, 1]);
    expect(complaints(history(row(4, 'stop', 2, 'stale')))).toEqual([0, 0, 1]);
  });
});

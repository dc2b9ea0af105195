import type { Status } from '@optout-sync/operations';
import { needsOf } from './needs';

const AT = Date.parse('2026-02-25T09:59:58Z');
const WELL: Status = {
  at: AT,
  counts: { ingest: {}, worker: {} },
  instances: [
    { service: 'ingest', name: 'a', at: AT, spool: { items: 0, bytes: 0 } },
    { service: 'worker', name: 'b', at: AT, workspaces: [{ name: 'default', paused: false, apis: [] }] },
  ],
  queues: [],
  workspaces: [
    { name: 'default', unapplied: { count: 5, late: 0, oldest: AT }, drifted: 0, sweep: undefined },
  ],
  deadLetters: { count: 0, exact: true },
  openRuns: 0,
  damagedKeys: [],
  sentAfter: 0,
};
const texts = (changes: Partial<Status>): string[] =>
  needsOf({ ...WELL, ...changes }).map(({ text }) => text);

test('a system that works needs nobody, whatever waits its turn', () => {
  expect(texts({})).toEqual([]);
});

test('late opt-outs, messages after an opt-out, rejected keys, a spool, dead letters and missing processes need somebody', () => {
  const [workspace] = WELL.workspaces;
  const late = { ...workspace!, unapplied: { count: 5, late: 1, oldest: AT } };
  expect(texts({ workspaces: [late, late] })).toEqual(['2 opt-outs wait for more than a minute']);
  expect(texts({ deadLetters: { count: 12_345, exact: true } })).toEqual(['12,345 dead letters']);
  expect(texts({ sentAfter: 1 })).toEqual(['1 message was sent after an opt-out in the last 24 hours']);
  expect(texts({ instances: [] })).toHaveLength(2);
  expect(texts({ damagedKeys: ['a', 'b'] })).toEqual([
    'Another program wrote a, b in Redis: what is read from it counts as 0 here',
  ]);
  const instances: Status['instances'] = [
    { service: 'ingest', name: 'a', at: AT, spool: { items: 1, bytes: 9, oldest: AT } },
    { service: 'worker', name: 'b', at: AT, workspaces: [{ name: 'shop', paused: true, apis: [] }] },
  ];
  expect(texts({ instances })).toEqual(['Customer.io rejects the keys of shop', '1 webhook is in the spool']);
});

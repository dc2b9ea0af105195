import type { Status } from '@optout-sync/operations';
import { statusText } from './status-text';

const AT = Date.parse('2026-02-25T09:59:58Z');
const status: Status = {
  at: AT,
  counts: { ingest: { accepted: 12, bad_signature: 1 }, worker: { no_match: 1, applied: 10 } },
  instances: [
    { service: 'ingest', name: 'a', at: AT, spool: { items: 3, bytes: 900, oldest: AT - 40_000 } },
    { service: 'worker', name: 'b', at: AT },
    { service: 'worker', name: 'c', at: AT },
  ],
  queues: [{ name: 'inbound-events', waiting: 4, background: 1_000_000, delayed: 0, active: 2 }],
  workspaces: [
    {
      name: 'default',
      unapplied: { count: 2, late: 1, oldest: AT - 125_000 },
      drifted: 7,
      sweep: { running: false, startedAt: AT - 7_200_000, endedAt: AT - 3_600_000 },
    },
    { name: 'shop', unapplied: { count: 0, late: 0, oldest: undefined }, drifted: 0, sweep: undefined },
  ],
  deadLetters: { count: 5, exact: false },
  openRuns: 1,
  damagedKeys: [],
  sentAfter: 3,
};

test('a system is one screen that says what waits and since when', () => {
  const text = statusText({ env: {}, out: () => undefined, error: () => undefined, columns: 80 }, status);
  for (const part of [
    /processes +1 ingest, 2 worker/,
    /webhooks +12 accepted, 1 bad_signature in the last hour/,
    /outcomes +10 applied, 1 no_match in the last hour/,
    /unapplied +2 opt-outs, the oldest for 2 min/,
    /spool +3 webhooks, the oldest for 40 s/,
    /dead letters +at least 5: optout-sync dlq list; 1 replay runs under way/,
    /sent after +3 messages after an opt-out in 24 h: optout-sync sent-after list/,
    /inbound-events +│ 4 +│ 1000000 +│ 0 +│ 2/,
    /default +│ 2 +│ 2 min +│ 7 +│ ended 60 min ago/,
    /shop +│ 0 +│ +│ 0 +│ none yet/,
  ]) {
    expect(text).toMatch(part);
  }
  const lines = text.split('\n');
  expect(lines.length).toBeLessThanOrEqual(24);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
});

test('a late opt-out is red, and no ingest that reports is said', () => {
  const terminal = { env: {}, out: () => undefined, error: () => undefined, columns: 80, color: true };
  expect(statusText(terminal, status)).toContain('\u001b[31m2 opt-outs');
  const others = statusText(terminal, { ...status, instances: [], sentAfter: 0 });
  expect(others).toContain('unknown: no ingest reports');
  expect(others).not.toContain('after an opt-out');
});

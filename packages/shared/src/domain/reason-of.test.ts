import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REASON_TEXTS } from './reason';
import { reasonOf } from './reason-of';

const AT = 1_772_000_000_000;

describe('reasonOf', () => {
  it.each([
    ['message', { source: 'webhook' }],
    ['message', { source: 'backfill', orderAt: AT }],
    ['wording', { source: 'webhook', phrase: 'remove me' }],
    ['blocked_at_twilio', { source: 'status_callback' }],
    ['blocked_at_twilio', { source: 'event_stream', orderAt: AT - 1 }],
    ['blocked_at_twilio', { source: 'backfill', orderAt: AT - 1 }],
    ['operator', { source: 'manual' }],
    ['import', { source: 'import' }],
    ['reassigned', { source: 'event_stream', reason: 'reassigned' }],
    ['api', { source: 'manual', reason: 'api' }],
  ] as const)('is %s of %j', (expected, event) => {
    expect(reasonOf({ occurredAt: AT, ...event })).toBe(expected);
  });
});

it('has the reasons that docs/overrides.md lists', () => {
  const docs = readFileSync(join(__dirname, '../../../../docs/overrides.md'), 'utf8').replace(/ +/g, ' ');
  const [, table = ''] = /\| reason \| meaning \|\n\|[ -|]+\|\n((?:\|.*\n)+)/.exec(docs) ?? [];
  const rows = Object.entries(REASON_TEXTS).map(([reason, text]) => `| \`${reason}\` | ${text} |\n`);
  expect(table).toBe(rows.join(''));
});

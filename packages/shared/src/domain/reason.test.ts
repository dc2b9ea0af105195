import { reasonOf } from './reason';

const AT = 1_772_000_000_000;

describe('reasonOf', () => {
  it.each([
    ['message', { source: 'webhook' }],
    ['message', { source: 'backfill', orderAt: AT }],
    ['wording', { source: 'webhook', phrase: 'remove me' }],
    ['blocked_at_twilio', { source: 'status_callback', orderAt: AT - 1 }],
    ['blocked_at_twilio', { source: 'backfill', orderAt: AT - 1 }],
    ['operator', { source: 'manual' }],
    ['import', { source: 'import' }],
    ['reassigned', { source: 'event_stream', reason: 'reassigned' }],
    ['api', { source: 'manual', reason: 'api' }],
  ] as const)('is %s of %j', (expected, event) => {
    expect(reasonOf({ occurredAt: AT, ...event })).toBe(expected);
  });
});

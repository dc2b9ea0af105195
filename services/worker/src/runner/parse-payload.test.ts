import fc from 'fast-check';
import { InboundEvent, JobError } from '@optout-sync/shared/domain';
import { ForwardRequest, SyncRequest } from '@optout-sync/shared/queues';
import { inboundEvent } from '../test-support/worker-harness';
import { parsePayload } from './parse-payload';

const codes = {
  invalid: 'event_invalid',
  versionUnknown: 'event_version_unknown',
  valueUnknown: 'event_value_unknown',
} as const;
const event = inboundEvent('+14155550101');
const sync = { version: 1, workspace: 'default', channel: 'sms', phone: '+14155550101' };
const forward = {
  version: 1,
  id: 'SM1',
  target: 'https://a.example/in',
  method: 'POST',
  query: '',
  headers: {},
  body: '',
};
const SCHEMAS = { event: InboundEvent, sync: SyncRequest, forward: ForwardRequest };

function resultOf(schema: keyof typeof SCHEMAS, raw: unknown): string {
  try {
    parsePayload<unknown>(SCHEMAS[schema], raw, codes, 'x');
    return 'parsed';
  } catch (error) {
    if (error instanceof JobError) return `${error.kind} ${error.code}`;
    throw error;
  }
}

describe('parsePayload', () => {
  it.each([
    ['event', event],
    ['sync', sync],
    ['forward', forward],
    ['event', { ...event, futureField: 1 }],
  ] as const)('parses a known %s, also with fields it does not know', (schema, raw) => {
    expect(resultOf(schema, raw)).toBe('parsed');
  });

  it.each([
    ['event', { ...event, version: 2 }],
    ['event', { version: 7 }],
    ['sync', { ...sync, version: 2, phones: [] }],
    ['forward', { version: 3 }],
  ] as const)('waits for a worker that knows the higher version of a %s', (schema, raw) => {
    expect(resultOf(schema, raw)).toBe('unsupported event_version_unknown');
  });

  it.each([
    ['event', { ...event, source: 'rcs_webhook' }],
    ['event', { ...event, kind: 'pause', channel: 'rcs' }],
    ['sync', { ...sync, channel: 'rcs' }],
    ['forward', { ...forward, method: 'PUT' }],
  ] as const)('waits for a worker that knows the words of a %s', (schema, raw) => {
    expect(resultOf(schema, raw)).toBe('unsupported event_value_unknown');
  });

  it.each([
    ['event', undefined],
    ['event', null],
    ['event', 'STOP'],
    ['event', []],
    ['event', {}],
    ['event', { ...event, version: undefined }],
    ['event', { ...event, version: '2' }],
    ['event', { ...event, version: 0 }],
    ['event', { ...event, version: 1.5 }],
    ['event', { ...event, version: undefined, source: 'rcs_webhook' }],
    ['event', { ...event, source: 5 }],
    ['event', { ...event, source: undefined }],
    ['event', { ...event, source: 'rcs_webhook', phone: 'odd' }],
    ['sync', { ...sync, phone: '' }],
    ['forward', { ...forward, target: 'odd' }],
  ] as const)('rejects what no version of a %s has: %j', (schema, raw) => {
    expect(resultOf(schema, raw)).toBe('rejected event_invalid');
  });

  it('throws nothing but a JobError, and no value of the payload, for any payload', () => {
    fc.assert(
      fc.property(fc.anything(), (raw) => {
        expect(resultOf('event', raw)).toMatch(/^(?:unsupported|rejected) /);
      }),
    );
    expect(() => parsePayload(InboundEvent, { ...event, phone: 'secret' }, codes, 'the event')).toThrow(
      'invalid fields of the event: phone',
    );
  });
});

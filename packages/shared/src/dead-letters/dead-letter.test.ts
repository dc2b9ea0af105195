import { E164, InboundEvent, MessageSid } from '../domain';
import { deadLetterId, type DeadLetter } from './dead-letter';

const phone = E164.parse('+14155550123');
const messageSid = MessageSid.parse(`SM${'1'.repeat(32)}`);
const sync = { version: 1, workspace: 'default', channel: 'sms', phone } as const;
const event = InboundEvent.parse({
  ...{ version: 1, messageSid, accountSid: `AC${'1'.repeat(32)}`, kind: 'stop', channel: 'sms', phone },
  ...{ sender: '+15005550006', source: 'webhook', occurredAt: 1, receivedAt: 1 },
});
const forward = {
  version: 1,
  id: messageSid,
  target: 'https://a.example/in',
  method: 'POST',
  query: '',
  body: '',
} as const;
const people = { version: 1, id: 'a-request', workspace: 'default', people: [{ phone }] } as const;

/** What each kind of payload is, with the webhook of a trace. */
const PAYLOADS: Readonly<Record<string, (traceparent?: string) => DeadLetter['undone']>> = {
  event: (traceparent) => ({ type: 'event', event: { ...event, traceparent } }),
  sync: (traceparent) => ({ type: 'sync', request: { ...sync, traceparent }, messageSids: [] }),
  destination: (traceparent) => ({
    ...{ type: 'destination', destination: 'native', messageSids: [] },
    request: { ...sync, traceparent },
  }),
  forward: (traceparent) => ({ type: 'forward', request: { ...forward, headers: {}, traceparent } }),
  people: (traceparent) => ({ type: 'people', change: { ...people, people: [{ phone }], traceparent } }),
};

it.each(Object.entries(PAYLOADS))(
  'a dead letter of the type %s has one id, whatever trace it is in',
  (_, payload) => {
    const ids = [undefined, 'one', 'another'].map((traceparent) =>
      deadLetterId({ stage: 'sync', undone: payload(traceparent) }),
    );
    expect(new Set(ids).size).toBe(1);
  },
);

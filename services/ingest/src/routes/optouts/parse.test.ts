import fc from 'fast-check';
import { InboundEvent, reasonOf } from '@optout-sync/shared/domain';
import type { IntakeClient } from '@optout-sync/shared/config';
import { parseOptOuts } from './parse';

const NOW = Date.UTC(2026, 2, 1, 12);
const SERVICE = `MG${'1'.repeat(32)}`;
const NUMBER = '+15005550006';
const PHONE = '+14155550123';
const DESK: IntakeClient = {
  name: 'helpdesk',
  tokens: [],
  kinds: ['stop', 'start'],
  accountSid: `AC${'1'.repeat(32)}`,
  senders: [SERVICE],
};
const STOP = { id: '4711', phone: PHONE, kind: 'stop' };

async function events(items: readonly unknown[], client = DESK, now = NOW): Promise<readonly InboundEvent[]> {
  const parsed = await parseOptOuts(items, client, now);
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.errors));
  return parsed.events;
}
const sids = async (items: readonly unknown[], client = DESK, now = NOW) =>
  (await events(items, client, now)).map(({ messageSid }) => messageSid);
const errors = async (item: unknown, client = DESK) => {
  const parsed = await parseOptOuts([item], client, NOW);
  return parsed.kind === 'invalid' ? parsed.errors.map(({ field, code }) => `${field} ${code}`) : [];
};

describe('an opt-out that another system reports', () => {
  it('becomes an event by that system, with its words as the reason why', async () => {
    const item = { ...STOP, source: 'zendesk', reference: 4711, note: ' wants\nno texts ' };
    expect(await events([item])).toEqual([
      {
        version: 1,
        messageSid: expect.stringMatching(/^OI[0-9a-f]{32}$/) as string,
        accountSid: DESK.accountSid,
        kind: 'stop',
        channel: 'sms',
        phone: PHONE,
        sender: SERVICE,
        messagingServiceSid: SERVICE,
        source: 'manual',
        reason: 'api',
        occurredAt: NOW,
        receivedAt: NOW,
        by: 'intake helpdesk',
        why: 'zendesk, 4711, wants no texts',
      },
    ]);
    expect((await events([item])).map(reasonOf)).toEqual(['api']);
  });

  it.each([
    ['a written number', { ...STOP, phone: '+1 (415) 555-0123' }, { channel: 'sms', phone: PHONE }],
    ['a prefix', { ...STOP, phone: `whatsapp:${PHONE}` }, { channel: 'whatsapp', phone: PHONE }],
    ['a channel', { ...STOP, channel: 'WhatsApp' }, { channel: 'whatsapp', phone: PHONE }],
    ['a kind in capitals', { ...STOP, kind: ' STOP ' }, { kind: 'stop' }],
    ['its own sender', { ...STOP, sender: NUMBER }, { sender: NUMBER }],
    [
      'a sender of the channel',
      { ...STOP, channel: 'whatsapp', sender: NUMBER },
      { sender: `whatsapp:${NUMBER}` },
    ],
    ['a time', { ...STOP, at: '2026-03-01T10:00:00+01:00' }, { occurredAt: Date.UTC(2026, 2, 1, 9) }],
    ['a time of a clock that is ahead', { ...STOP, at: '2026-03-01T12:04:00Z' }, { occurredAt: NOW }],
    ['what a template leaves empty', { ...STOP, at: null, sender: '', note: ' ' }, { sender: SERVICE }],
  ])('may have %s', async (_, item, expected) => {
    expect(await events([item])).toMatchObject([expected]);
  });

  it('is one for each sender of its system where it names none', async () => {
    const both = { ...DESK, senders: [SERVICE, NUMBER, NUMBER, `whatsapp:${NUMBER}`] };
    expect((await events([STOP], both)).map(({ sender }) => sender)).toEqual([SERVICE, NUMBER]);
    expect(new Set(await sids([STOP], both)).size).toBe(2);
  });

  it('is the same message with the same id, and another by another system, of another person or of another kind', async () => {
    const [first] = await sids([STOP]);
    expect(
      await sids([{ ...STOP, note: 'again', at: '2026-03-01T09:00:00Z' }], DESK, NOW + 86_400_000),
    ).toEqual([first]);
    const others = [
      ...(await sids([{ ...STOP, id: '4712' }])),
      ...(await sids([STOP], { ...DESK, name: 'form' })),
      ...(await sids([{ ...STOP, phone: '+14155550124' }])),
      ...(await sids([{ ...STOP, kind: 'start', at: '2026-03-01T09:00:00Z' }])),
      ...(await sids([{ ...STOP, channel: 'whatsapp' }])),
    ];
    expect(new Set([first, ...others]).size).toBe(6);
  });

  it('is the same message without an id at the same time, and otherwise within seconds alone', async () => {
    const withoutId = { ...STOP, id: undefined };
    const dated = { ...withoutId, at: '2026-03-01T09:00:00Z' };
    expect(await sids([dated], DESK, NOW + 60_000)).toEqual(await sids([dated]));
    expect(await sids([withoutId], DESK, NOW + 1_000)).toEqual(await sids([withoutId]));
    expect(await sids([withoutId], DESK, NOW + 60_000)).not.toEqual(await sids([withoutId]));
  });
});

describe('an item that is not valid', () => {
  it.each<[unknown, string]>([
    [null, ' item_invalid'],
    ['stop', ' item_invalid'],
    [[STOP], ' item_invalid'],
    [{ ...STOP, Note: 'x' }, ' field_unknown'],
    [{ id: '1', kind: 'stop' }, 'phone phone_invalid'],
    // Also a possible number of another country: whose it is, nobody knows.
    [{ ...STOP, phone: '4155550123' }, 'phone phone_invalid'],
    [{ ...STOP, phone: 14155550123 }, 'phone phone_invalid'],
    [{ ...STOP, phone: 'client:bob' }, 'channel channel_invalid'],
    [{ ...STOP, phone: `whatsapp:${PHONE}`, channel: 'sms' }, 'channel channel_invalid'],
    [{ ...STOP, channel: 'email' }, 'channel channel_invalid'],
    [{ ...STOP, kind: 'help' }, 'kind kind_invalid'],
    [{ id: '1', phone: PHONE }, 'kind kind_invalid'],
    [{ ...STOP, at: '2026-03-01 09:00' }, 'at at_invalid'],
    [{ ...STOP, at: '2026-02-30T09:00:00Z' }, 'at at_invalid'],
    [{ ...STOP, at: '2026-03-01T12:06:00Z' }, 'at at_in_future'],
    // What .NET makes of a date that is missing. No event has such a time, so the opt-out would be lost after the answer 202.
    [{ ...STOP, at: '0001-01-01T00:00:00Z' }, 'at at_invalid'],
    [{ ...STOP, at: '1970-01-01T00:00:00Z' }, 'at at_invalid'],
    [{ ...STOP, at: '1999-12-31T23:59:59Z' }, 'at at_invalid'],
    [{ ...STOP, sender: 'MG1' }, 'sender sender_invalid'],
    [{ ...STOP, sender: PHONE }, 'sender sender_invalid'],
    [{ ...STOP, sender: '15005550006' }, 'sender sender_invalid'],
    [{ ...STOP, reference: { a: 1 } }, 'reference text_invalid'],
    [{ ...STOP, note: 'x'.repeat(501) }, 'note text_invalid'],
    // Sent again after an outage, it would come after an opt-out that the person texted meanwhile.
    [{ ...STOP, kind: 'start' }, 'at at_missing'],
  ])('is refused: %j', async (item, error) => {
    expect(await errors(item)).toEqual([error]);
  });

  it('is one without a sender, where its system has none', async () => {
    expect(await errors(STOP, { ...DESK, senders: [] })).toEqual(['sender sender_missing']);
  });

  it('is an opt-in of a system that may report opt-outs alone', async () => {
    expect(await errors({ ...STOP, kind: 'start' }, { ...DESK, kinds: ['stop'] })).toEqual([
      'kind kind_not_allowed',
    ]);
  });

  it('refuses the whole request, with every error', async () => {
    const items = [STOP, { ...STOP, phone: 'x', kind: 'y' }, STOP, { ...STOP, at: 'z' }];
    expect(await parseOptOuts(items, DESK, NOW)).toEqual({
      kind: 'invalid',
      errors: [
        { index: 1, field: 'kind', code: 'kind_invalid' },
        { index: 3, field: 'at', code: 'at_invalid' },
      ],
    });
  });
});

test('whatever is sent is refused with errors of ours, or becomes valid events of the kinds that are allowed', async () => {
  const field = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(PHONE, 'stop', 'START', 'sms', SERVICE, '2026-03-01T09:00:00Z'),
  );
  const item = fc.oneof(
    fc.jsonValue(),
    fc.record(
      Object.fromEntries(
        ['id', 'phone', 'kind', 'at', 'sender', 'channel', 'source', 'reference', 'note'].map((name) => [
          name,
          field,
        ]),
      ),
      { requiredKeys: [] },
    ),
    fc.record({
      phone: fc.constant(PHONE),
      kind: fc.constantFrom('stop', 'start'),
      id: field,
      note: fc.string(),
      at: field,
    }),
  );
  const stopsOnly = { ...DESK, kinds: ['stop'] } as const;
  await fc.assert(
    fc.asyncProperty(fc.array(item, { maxLength: 5 }), async (items) => {
      const parsed = await parseOptOuts(items, stopsOnly, NOW);
      if (parsed.kind === 'invalid') {
        expect(parsed.errors.every(({ index }) => index < items.length)).toBe(true);
        return;
      }
      for (const event of parsed.events) {
        expect(InboundEvent.parse(event)).toEqual(event);
        expect(event).toMatchObject({ kind: 'stop', accountSid: DESK.accountSid, by: 'intake helpdesk' });
        expect(event.occurredAt).toBeLessThanOrEqual(NOW);
      }
      expect(parsed.events).toHaveLength(items.length);
    }),
  );
});

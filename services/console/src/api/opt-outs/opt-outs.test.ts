import { E164, maskPhone } from '@optout-sync/shared/domain';
import { checkProof } from '@optout-sync/operations';
import { startApi, type RunningApi } from '../test-support/running-api';
import { SENDER, newPhone, record, subjectOf } from '../test-support/samples';

const HOUR = 3_600_000;
const START = Date.parse('2026-02-25T10:00:00.000Z');

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('the state of a number', () => {
  it('is stopped after a STOP, started after a START, and unknown before either', async () => {
    const phone = newPhone();
    const state = async () => (await api.ask('get', `/optouts/${phone}`)).body;
    expect(await state()).toMatchObject({ phone, state: 'unknown', since: null, version: 0, applied: true });
    await record(api.stores, 'stop', phone);
    expect(await state()).toMatchObject({
      state: 'stopped',
      since: '2026-02-25T10:00:00.000Z',
      stoppedSenders: [SENDER],
      reasons: ['message'],
      applied: false,
    });
    await record(api.stores, 'start', phone, START + HOUR);
    expect(await state()).toMatchObject({ state: 'started', since: '2026-02-25T11:00:00.000Z', version: 2 });
  });

  it('of one sender is that of this sender alone', async () => {
    const phone = await record(api.stores);
    const of = async (sender: string) =>
      (await api.ask('get', `/optouts/${phone}?sender=${encodeURIComponent(sender)}`)).body;
    expect(await of(SENDER)).toMatchObject({ state: 'stopped' });
    expect(await of('+15005550007')).toMatchObject({ state: 'unknown' });
  });

  it('counts what an earlier release wrote under another spelling of the number', async () => {
    const [canonical, other] = ['+525512345678', '+5215512345678'];
    const { redis, prefix } = api.stores;
    const phone = await record(api.stores, 'stop', E164.parse(other));
    expect(phone).toBe(canonical);
    const key = (spelling: string): string => `${prefix}:ledger:{default:sms:${spelling}}`;
    await redis.rename(key(canonical), key(other));
    expect((await api.ask('get', `/optouts/${other}`)).body).toMatchObject({
      phone: canonical,
      state: 'stopped',
    });
  });

  it('has an ETag that changes with it', async () => {
    const phone = await record(api.stores);
    const path = `/optouts/${phone}`;
    const etag = (await api.ask('get', path)).headers.get('etag') ?? '';
    expect(etag).not.toBe('');
    const again = await api.ask('get', path, { headers: { 'if-none-match': etag } });
    expect([again.status, again.text]).toEqual([304, '']);
    expect(again.headers.get('cache-control')).toBe('private, no-cache');
    await record(api.stores, 'start', phone, START + HOUR);
    expect((await api.ask('get', path, { headers: { 'if-none-match': etag } })).status).toBe(200);
  });

  it.each([
    ['national', '4155550101x', 'phone_invalid'],
    ['a short code', '12345', 'phone_invalid'],
    ['of two channels', 'whatsapp:+14155550101?channel=sms', 'channel_ambiguous'],
    ['of an unknown workspace', '+14155550101?workspace=other', 'workspace_unknown'],
    ['with an unknown parameter', '+14155550101?worksapce=other', 'request_invalid'],
    ['with a parameter given twice', '+14155550101?channel=sms&channel=whatsapp', 'request_invalid'],
  ])('is refused for a number that is %s', async (_, path, code) => {
    const { status, body } = await api.ask('get', `/optouts/${path}`);
    expect([status, body]).toMatchObject([400, { code }]);
  });

  it('is an error, and not a state, where the entry cannot be read', async () => {
    const phone = newPhone();
    await api.stores.redis.hset(`${api.stores.prefix}:ledger:{default:sms:${phone}}`, 'm:SM1', 'broken');
    const { status, body } = await api.ask('get', `/optouts/${phone}`);
    expect([status, body]).toMatchObject([500, { code: 'ledger_entry_unreadable' }]);
    const { body: lookups } = await api.ask('post', '/lookups', { body: { phones: [phone] } });
    expect(lookups).toMatchObject({ items: [{ given: phone, error: { code: 'ledger_entry_unreadable' } }] });
  });
});

describe('look-ups', () => {
  it('answer for each number in the order of the request, the invalid ones with an error', async () => {
    const stopped = await record(api.stores);
    const phones = [stopped, 'nonsense', newPhone(), `whatsapp:${stopped}`];
    const { body } = await api.ask('post', '/lookups', { body: { phones } });
    expect(body).toMatchObject({
      items: [
        { given: stopped, state: 'stopped' },
        { given: 'nonsense', error: { code: 'phone_invalid' } },
        { given: phones[2], state: 'unknown' },
        { given: phones[3], state: 'unknown', channel: 'whatsapp' },
      ],
    });
  });

  it('take 1,000 numbers and no more', async () => {
    const phones = Array.from({ length: 1_000 }, () => newPhone());
    const { status, body } = await api.ask('post', '/lookups', { body: { phones } });
    expect(status).toBe(200);
    expect((body as { items: unknown[] }).items).toHaveLength(1_000);
    const more = await api.ask('post', '/lookups', { body: { phones: [...phones, newPhone()] } });
    expect([more.status, more.body]).toMatchObject([400, { code: 'request_invalid' }]);
    expect((await api.ask('post', '/lookups', { body: { phones: [] } })).status).toBe(400);
  });
});

describe('history and proof', () => {
  it('show every message, and why the latest waits', async () => {
    const phone = await record(api.stores);
    const { body, headers } = await api.ask('get', `/optouts/${phone}/history`);
    expect(body).toMatchObject({
      phone,
      now: { state: 'stopped' },
      messages: [{ kind: 'stop', sender: SENDER, outcome: 'pending' }],
      customerio: { presentVersion: 1, appliedVersion: 0 },
      waiting: { kind: 'lost' },
    });
    const again = await api.ask('get', `/optouts/${phone}/history`, {
      headers: { 'if-none-match': headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
  });

  it('is a proof that the command can check, and the audit trail names the token', async () => {
    const phone = await record(api.stores);
    const { body } = await api.ask('get', `/optouts/${phone}/proof`);
    expect(checkProof(body, undefined).records).toMatchObject({ phone });
    const { entries } = await api.stores.audit.list({ limit: 1 });
    expect(entries[0]).toMatchObject({ action: 'reveal', by: 'token:t0', details: { phone } });
  });

  it('do not exist for a number without an entry', async () => {
    const { status, body } = await api.ask('get', `/optouts/${newPhone()}/history`);
    expect([status, body]).toMatchObject([404, { code: 'entry_not_found' }]);
  });
});

describe('opting out and in by hand', () => {
  const jobs = async () => {
    const { inbound } = api.stores.queues;
    return (await inbound.getJobs(['waiting', 'prioritized', 'delayed'])).map(({ data }) =>
      JSON.stringify(data),
    );
  };

  it('adds an event that a worker applies, and names the token in the audit trail', async () => {
    const phone = newPhone();
    const body = { phone, sender: SENDER, why: 'asked on the phone' };
    const { status, body: accepted } = await api.ask('post', '/optouts', { body });
    expect([status, accepted]).toMatchObject([202, { ...subjectOf(phone), state: 'stopped' }]);
    const { messageSid } = accepted as { messageSid: string };
    const added = (await jobs()).filter((job) => job.includes(messageSid));
    expect(added).toEqual([expect.stringContaining('"reason":"api"')]);
    expect((await api.stores.audit.list({ limit: 1 })).entries[0]).toMatchObject({
      action: 'override',
      by: 'token:t0',
      why: 'asked on the phone',
      details: { phone, state: 'stopped', messageSid },
    });
    const removed = await api.ask('post', '/optouts/remove', { body });
    expect(removed.body).toMatchObject({ state: 'started' });
  });

  it('with an Idempotency-Key is one message, however often it is sent', async () => {
    const body = { phone: newPhone(), sender: SENDER, why: 'a test' };
    const send = async (key: string, path = '/optouts/remove', token?: string) => {
      const options = { body, headers: { 'idempotency-key': key }, ...(token && { token }) };
      return ((await api.ask('post', path, options)).body as { messageSid: string }).messageSid;
    };
    const first = await send('a');
    expect(await send('a')).toBe(first);
    expect(await send('b')).not.toBe(first);
    expect(await send('a', '/optouts')).not.toBe(first);
    expect(await send('a', '/optouts/remove', await api.tokenWith('optouts:write'))).not.toBe(first);
    // So a repetition does not undo what the person has sent meanwhile.
    const phone = body.phone;
    const lift = { ...eventWith(first), phone, occurredAt: START, receivedAt: START };
    await api.stores.ledger.record(subjectOf(phone), lift);
    await record(api.stores, 'stop', phone, START + HOUR);
    const repeated = { ...lift, occurredAt: START + 2 * HOUR, receivedAt: START + 2 * HOUR };
    await api.stores.ledger.record(subjectOf(phone), repeated);
    expect((await api.ask('get', `/optouts/${phone}`)).body).toMatchObject({ state: 'stopped' });
  });

  it.each([
    ['without a reason', { why: '  ' }, 'request_invalid'],
    ['for a sender that is none', { sender: 'MGx' }, 'sender_invalid'],
    ['for a phone that is none', { phone: 'x' }, 'phone_invalid'],
    ['in the name of somebody else', { by: 'Ann' }, 'request_invalid'],
  ])('is refused %s', async (_, change, code) => {
    const before = (await jobs()).length;
    const body = { phone: newPhone(), sender: SENDER, why: 'a test', ...change };
    expect((await api.ask('post', '/optouts', { body })).body).toMatchObject({ code });
    expect(await jobs()).toHaveLength(before);
  });

  it('is refused for a sender that is the phone itself, which lists would show whole', async () => {
    const phone = newPhone();
    for (const sender of [phone, `whatsapp:${phone}`, `sms:${phone}`]) {
      const channel = sender.startsWith('whatsapp:') ? 'whatsapp' : 'sms';
      const { body } = await api.ask('post', '/optouts', { body: { phone, sender, channel, why: 'a test' } });
      expect(body).toMatchObject({ code: 'sender_invalid' });
    }
  });
});

function eventWith(messageSid: string) {
  return {
    version: 1 as const,
    messageSid: messageSid as never,
    accountSid: 'AC1',
    kind: 'start' as const,
    channel: 'sms' as const,
    sender: SENDER,
    source: 'manual' as const,
  };
}

describe('the list', () => {
  it('has every number on some page, with masked phones unless they are revealed', async () => {
    const other = await startApi();
    try {
      const phones = await Promise.all(Array.from({ length: 30 }, () => record(other.stores)));
      const read = async (query: string): Promise<string[]> => {
        const found: string[] = [];
        for (let cursor = ''; ;) {
          const { body } = await other.ask('get', `/optouts?limit=7${query}${cursor}`);
          const page = body as { items: { phone: string }[]; next: string | null };
          found.push(...page.items.map(({ phone }) => phone));
          if (page.next === null) return found;
          cursor = `&cursor=${page.next}`;
        }
      };
      expect(new Set(await read('&reveal=true'))).toEqual(new Set(phones));
      expect(new Set(await read(''))).toEqual(new Set(phones.map(maskPhone)));
      expect(await read('&state=started')).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('reveals phones only to a token with that scope, and the audit trail has it', async () => {
    await record(api.stores);
    const token = await api.tokenWith('optouts:list');
    expect((await api.ask('get', '/optouts', { token })).status).toBe(200);
    const { status, body } = await api.ask('get', '/optouts?reveal=true', { token });
    expect([status, body]).toMatchObject([403, { code: 'scope_missing' }]);
    const may = await api.tokenWith('optouts:list', 'phones:reveal');
    await api.ask('get', '/optouts?reveal=true', { token: may });
    expect((await api.stores.audit.list({ limit: 1 })).entries[0]).toMatchObject({
      action: 'reveal',
      details: { route: 'GET /optouts' },
    });
  });

  it.each(['limit=0', 'limit=1001', 'limit=1e9', 'limit=x', 'limit=', 'state=both', 'since=yesterday'])(
    'refuses %s',
    async (query) => {
      expect((await api.ask('get', `/optouts?${query}`)).body).toMatchObject({ code: 'request_invalid' });
    },
  );

  it.each(['x', '00000000-0-0', '../..', '%00', 'a'.repeat(900)])('refuses the cursor %s', async (cursor) => {
    const { status, body } = await api.ask('get', `/optouts?cursor=${cursor}`);
    expect([status, body]).toMatchObject([400, { code: 'cursor_invalid' }]);
  });
});

describe('drift', () => {
  it('lists the people who differ, by pages', async () => {
    const other = await startApi();
    try {
      const phones = [await record(other.stores), await record(other.stores)];
      for (const phone of phones) await other.stores.findings.replace(subjectOf(phone), { missing: ['c1'] });
      const ask = async (body: object) =>
        (await other.ask('post', '/drift', { body: { reveal: true, limit: 1, ...body } })).body as {
          items: { phone: string; kind: string }[];
          next: string;
        };
      const first = await ask({});
      const second = await ask({ cursor: first.next });
      expect([first.items[0]?.phone, second.items[0]?.phone].sort()).toEqual([...phones].sort());
      expect(first.items[0]).toMatchObject({ kind: 'missing', people: ['c1'], peopleTotal: 1 });
      expect((await ask({ kind: 'orphaned' })).items).toEqual([]);
      expect(await ask({ cursor: 'x' })).toMatchObject({ code: 'cursor_invalid' });
    } finally {
      await other.close();
    }
  });
});

it('the drift names those whose entries cannot be read, with masked phones', async () => {
  const other = await startApi();
  try {
    const { findings, redis, prefix } = other.stores;
    const phone = newPhone();
    await findings.replace(subjectOf(phone), { missing: ['c1'] });
    await redis.hset(`${prefix}:ledger:{default:sms:${phone}}`, 'm:SM1', 'broken');
    expect((await other.ask('post', '/drift', { body: {} })).body).toMatchObject({
      items: [],
      unreadable: [{ ...subjectOf(phone), phone: maskPhone(phone) }],
    });
  } finally {
    await other.close();
  }
});

describe('what a token without phones:reveal cannot see', () => {
  it('is a phone in the cursor of the drift', async () => {
    const phones = [await record(api.stores), await record(api.stores), await record(api.stores)];
    for (const phone of phones) await api.stores.findings.replace(subjectOf(phone), { missing: ['a1'] });
    const token = await api.tokenWith('optouts:list');
    const seen = new Set<string>();
    for (let cursor: string | undefined; ;) {
      const { status, body, text } = await api.ask('post', '/drift', { token, body: { limit: 1, cursor } });
      expect(status).toBe(200);
      const { items, next } = body as { items: { phone: string }[]; next: string | null };
      for (const { phone } of items) seen.add(phone);
      for (const phone of phones) {
        expect(text).not.toContain(phone.slice(1));
        expect(Buffer.from(next ?? '', 'base64url').toString()).not.toContain(phone);
      }
      if (next === null) break;
      cursor = next;
    }
    expect(seen.size).toBeGreaterThanOrEqual(1);
    const forged = Buffer.from('default/x').toString('base64url');
    const { status, body } = await api.ask('post', '/drift', { token, body: { cursor: forged } });
    expect([status, body]).toMatchObject([400, { code: 'cursor_invalid' }]);
  });
});

it('an Idempotency-Key that is sent again for another number loses no opt-out', async () => {
  const headers = { 'idempotency-key': 'ticket-1' };
  const sids = new Set<string>();
  for (const phone of [newPhone(), newPhone()]) {
    const { status, body } = await api.ask('post', '/optouts', {
      headers,
      body: { phone, sender: SENDER, why: 'a ticket' },
    });
    expect(status).toBe(202);
    sids.add((body as { messageSid: string }).messageSid);
  }
  expect(sids.size).toBe(2);
});

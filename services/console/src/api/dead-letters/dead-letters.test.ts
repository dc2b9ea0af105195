import { deadLetterId, type DeadLetter } from '@optout-sync/shared/dead-letters';
import { maskPhone } from '@optout-sync/shared/domain';
import { startApi, type RunningApi } from '../test-support/running-api';
import { deadLetterOf, eventOf, newPhone, record } from '../test-support/samples';

let api: RunningApi;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

const forwardLetter = (target: string): DeadLetter => ({
  ...deadLetterOf(newPhone()),
  stage: 'forward',
  undone: {
    type: 'forward',
    request: {
      ...{ version: 1, id: 'SM1', target, method: 'POST', query: '' },
      ...{ headers: { via: '//user:pass-word@a' }, body: 'From=%2B14155550123' },
    },
  },
});

const put = async (count: number): Promise<string[]> => {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) ids.push(await api.stores.queues.deadLetters.put(deadLetterOf(newPhone())));
  return ids;
};

describe('dead letters', () => {
  it('are listed by pages without what is undone', async () => {
    const ids = await put(5);
    const first = await api.ask('get', '/dead-letters?limit=3&code=customerio_refused');
    const page = first.body as { items: { id: string }[]; next: string; total: number };
    const second = await api.ask('get', `/dead-letters?limit=3&cursor=${page.next}`);
    const rest = second.body as { items: { id: string }[]; next: null };
    expect(page.total).toBe(5);
    expect([...page.items, ...rest.items].map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(rest.next).toBeNull();
    expect(first.text).not.toContain('request');
    expect((await api.ask('get', '/dead-letters?code=other')).body).toMatchObject({ total: 0, items: [] });
  });

  it('have masked phones, also in messages, and no content unless they are revealed', async () => {
    const phone = newPhone();
    const id = await api.stores.queues.deadLetters.put(deadLetterOf(phone));
    const masked = await api.ask('get', `/dead-letters/${id}`);
    expect(masked.body).toMatchObject({ id, phone: maskPhone(phone), undone: null });
    expect(masked.text).not.toContain(phone.slice(1));
    expect((await api.ask('get', '/dead-letters')).text).not.toContain(phone.slice(1));
    const revealed = await api.ask('get', `/dead-letters/${id}?reveal=true`);
    expect(JSON.parse((revealed.body as { undone: string }).undone)).toMatchObject({ request: { phone } });
    expect((await api.stores.audit.list({ limit: 1 })).entries[0]).toMatchObject({
      action: 'reveal',
      details: { id },
    });
    const token = await api.tokenWith('dead-letters:read');
    expect((await api.ask('get', `/dead-letters/${id}?reveal=true`, { token })).status).toBe(403);
  });

  it('are revealed without what gives access to the target of a forward', async () => {
    const letter = forwardLetter('https://user:pass-word@target.example.com/secret-path?key=secret-key');
    const id = await api.stores.queues.deadLetters.put(letter);
    const { undone } = (await api.ask('get', `/dead-letters/${id}?reveal=true`)).body as { undone: string };
    expect(undone).not.toMatch(/pass-word|secret/);
    expect(JSON.parse(undone)).toMatchObject({
      request: { target: 'target.example.com', body: 'From=%2B14155550123', headers: { via: '//***@a' } },
    });
  });

  it('of 1 MB and hostile content are answered cut off, and the list stays small', async () => {
    const data = { Body: '<script>alert(1)</script>\u202E'.repeat(40_000), From: '+14155550123' };
    const letter = {
      ...deadLetterOf(newPhone()),
      stage: 'ingest' as const,
      undone: { type: 'raw' as const, data },
    };
    await api.stores.queues.deadLetters.put(letter);
    expect((await api.ask('get', '/dead-letters')).text.length).toBeLessThan(1_000);
    const { body } = await api.ask('get', `/dead-letters/${deadLetterId(letter)}?reveal=true`);
    const { undone, bytes } = body as { undone: string; bytes: number };
    expect(undone).toHaveLength(100_000);
    expect(bytes).toBeGreaterThan(1_000_000);
  });

  it.each(['x', '1', '../1', "1.a'b", '9'.repeat(999)])('refuse the cursor %s', async (cursor) => {
    expect((await api.ask('get', `/dead-letters?cursor=${cursor}`)).body).toMatchObject({
      code: 'cursor_invalid',
    });
  });

  it('that do not exist are not found', async () => {
    expect((await api.ask('get', '/dead-letters/dl-none')).body).toMatchObject({ code: 'letter_not_found' });
  });
});

describe('a replay', () => {
  const why = 'the keys are mended';
  const preview = async (filter: object) =>
    (await api.ask('post', '/dead-letters/replay-preview', { body: filter })).body as {
      count: number;
      revision: number;
    };
  const replay = async (filter: object, more: object = {}) => {
    const { count, revision } = await preview(filter);
    return api.ask('post', '/dead-letters/replay', { body: { filter, count, revision, why, ...more } });
  };

  it('is started for exactly what was previewed: what failed later does not belong to it', async () => {
    await put(3);
    const filter = { code: 'customerio_refused' };
    const { count, revision } = await preview(filter);
    expect(count).toBe(3);
    await put(1);
    const { status, body, headers } = await api.ask('post', '/dead-letters/replay', {
      body: { filter, count, revision, why, rate: 5 },
    });
    expect([status, body]).toMatchObject([202, { state: 'waiting', total: 3, by: 'token:t0', why, rate: 5 }]);
    expect(headers.get('location')).toBe(`/api/v1/runs/${(body as { id: string }).id}`);
    expect((await api.stores.audit.list({ limit: 1 })).entries[0]).toMatchObject({
      action: 'replay',
      by: 'token:t0',
      details: { total: 3 },
    });
    expect(await api.stores.queues.replays.getJobCountByTypes('waiting', 'prioritized')).toBe(1);
  });

  it('with an Idempotency-Key is one run of a set, also when a worker has begun', async () => {
    await put(2);
    const filter = { all: true };
    const { count, revision } = await preview(filter);
    const send = async (key: string) => {
      const options = { body: { filter, count, revision, why }, headers: { 'idempotency-key': key } };
      return (await api.ask('post', '/dead-letters/replay', options)).body as { id: string; code?: string };
    };
    const { id } = await send('a');
    expect((await send('a')).id).toBe(id);
    expect((await send('b')).id).not.toBe(id);
    await api.stores.queues.deadLetters.discard({});
    expect((await send('a')).id).toBe(id);
    expect((await send('c')).code).toBe('selection_changed');
    expect(await api.stores.queues.runs.list(10)).toHaveLength(2);
  });

  it('with an Idempotency-Key is enqueued by its repetition where Redis failed before', async () => {
    await put(2);
    const filter = { all: true };
    const { count, revision } = await preview(filter);
    const send = async () => {
      const options = { body: { filter, count, revision, why }, headers: { 'idempotency-key': 'a' } };
      return (await api.ask('post', '/dead-letters/replay', options)).status;
    };
    const { queues } = api.stores;
    const failing = jest.spyOn(queues.replays, 'add').mockRejectedValueOnce(new Error('Redis is gone'));
    expect(await send()).toBeGreaterThanOrEqual(500);
    expect(await queues.replays.getJobCountByTypes('waiting', 'prioritized')).toBe(0);
    failing.mockRestore();
    expect(await send()).toBe(202);
    expect(await queues.replays.getJobCountByTypes('waiting', 'prioritized')).toBe(1);
    expect(await queues.runs.list(10)).toHaveLength(1);
  });

  it('is refused when some of what was previewed is gone', async () => {
    const [gone = ''] = await put(2);
    const filter = { all: true };
    const { count, revision } = await preview(filter);
    await api.stores.queues.deadLetters.discard({ ids: [gone] });
    const refused = await api.ask('post', '/dead-letters/replay', { body: { filter, count, revision, why } });
    expect([refused.status, refused.body]).toMatchObject([409, { code: 'selection_changed' }]);
    expect(await api.stores.queues.runs.list(10)).toEqual([]);
  });

  it('selects something, and everything only when it says so', async () => {
    const ask = async (filter: object) =>
      (await api.ask('post', '/dead-letters/replay-preview', { body: filter })).body;
    expect(await ask({})).toMatchObject({ code: 'filter_missing' });
    expect(await ask({ all: true, code: 'x' })).toMatchObject({ code: 'filter_ambiguous' });
    expect(await ask({ all: false })).toMatchObject({ code: 'request_invalid' });
    expect(await ask({ phone: 'x' })).toMatchObject({ code: 'phone_invalid' });
    expect(await ask({ ids: ['dl-none'] })).toMatchObject({ count: 0, first: [] });
  });

  it('is previewed also where a ledger entry cannot be read', async () => {
    const { redis, prefix, queues } = api.stores;
    const phones = [await record(api.stores), await record(api.stores)];
    await redis.hset(`${prefix}:ledger:{default:sms:${phones[0] ?? ''}}`, 'f', '2');
    for (const phone of phones) {
      const undone = { type: 'event', event: eventOf(phone, 'start', Date.now()) } as const;
      await queues.deadLetters.put({ ...deadLetterOf(phone), stage: 'record', undone });
    }
    const { body } = await api.ask('post', '/dead-letters/replay-preview', { body: { all: true } });
    const { first } = body as { first: { forecast: string | null }[] };
    expect(first.map(({ forecast }) => forecast).sort()).toEqual(['decides', null]);
  });

  it('can be watched and cancelled, once', async () => {
    const phone = newPhone();
    await put(1);
    await api.stores.queues.deadLetters.put(deadLetterOf(phone));
    const run = ((await replay({ all: true })).body as { id: string }).id;
    await replay({ phone });
    const { body: list } = await api.ask('get', '/runs?limit=1');
    const { items, next } = list as { items: { filter: unknown }[]; next: string };
    expect(items[0]).toMatchObject({ filter: { phone: maskPhone(phone) } });
    expect((await api.ask('get', `/runs?limit=1&cursor=${next}`)).body).toMatchObject({
      items: [{ id: run }],
      next: null,
    });
    expect((await api.ask('get', `/runs/${run}`)).body).toMatchObject({ id: run, kept: {} });
    const { redis, prefix } = api.stores;
    await redis.hset(`${prefix}:{dlq}:run:${run}:kept`, 'dl-1', 'it is not configured');
    const cancel = () => api.ask('post', `/runs/${run}/cancel`, { body: { why } });
    expect((await cancel()).body).toMatchObject({ state: 'cancelled' });
    const again = await cancel();
    expect([again.status, again.body]).toMatchObject([409, { code: 'run_over' }]);
    for (const id of ['run-none', `${run}:kept`, `${run}:ended`, 'x']) {
      expect((await api.ask('get', `/runs/${id}`)).body).toMatchObject({ code: 'run_not_found' });
    }
    expect((await api.ask('get', '/runs?cursor=-1')).body).toMatchObject({ code: 'cursor_invalid' });
  });
});

import type { DeadLetter, ReplayRun } from '@optout-sync/shared/dead-letters';
import { InboundEvent } from '@optout-sync/shared/domain';
import { messageSid } from '@optout-sync/twilio-simulator';
import { openStores, runWith, type Ran } from '../test-support/cli';

const NOW = 1_772_013_598_000;
const PHONE = '+14155550123';
const WHO = ['--by', 'Ann', '--why', 'fixed'];

let stores: ReturnType<typeof openStores>;
beforeEach(() => {
  stores = openStores();
});
afterEach(() => stores.close());
const run = (...args: string[]): Promise<Ran> => runWith(stores.env, 'dlq', ...args);

const event = (given: Partial<Record<keyof InboundEvent, unknown>> = {}): InboundEvent =>
  InboundEvent.parse({
    version: 1,
    messageSid: messageSid(),
    accountSid: 'AC1',
    kind: 'stop',
    channel: 'sms',
    phone: PHONE,
    sender: '+15005550006',
    source: 'webhook',
    occurredAt: NOW,
    receivedAt: NOW,
    ...given,
  });
const put = (undone: DeadLetter['undone'], at = NOW, code = 'customerio_refused'): Promise<string> =>
  stores.queues.deadLetters.put({
    version: 1,
    stage: undone.type === 'sync' ? 'sync' : undone.type === 'destination' ? undone.destination : 'record',
    code,
    message: 'answered 400',
    undone,
    attempts: [{ at, code, status: 400 }],
    firstFailedAt: at,
    lastFailedAt: at,
  });
const putEvent = (given: Parameters<typeof event>[0] = {}, at = NOW, code?: string): Promise<string> =>
  put({ type: 'event', event: event(given) }, at, code);

interface ListJson {
  total: number;
  exact: boolean;
  next: string | null;
  letters: { id: string }[];
}
async function listed(...args: string[]): Promise<ListJson> {
  return JSON.parse((await run('list', '--json', ...args)).out) as ListJson;
}
const idsOf = ({ letters }: ListJson): string[] => letters.map(({ id }) => id);

describe('dlq list', () => {
  it('lists dead letters without printing a whole phone', async () => {
    const id = await putEvent();
    const { code, out } = await run('list');
    expect(code).toBe(0);
    expect(out).toContain(id);
    expect(out).toContain('customerio_refused');
    expect(out).toContain('1 of 1');
    // Without a terminal the output has no colours.
    expect(out).not.toContain('\u001b');
    expect(out).not.toContain(PHONE);
  });

  it('reports that there are none', async () => {
    expect(await run('list')).toEqual({ code: 0, out: 'No dead letters.', error: '' });
  });

  it('prints pages, and the cursor of the next one', async () => {
    const ids = [];
    for (let n = 0; n < 5; n++) ids.push(await putEvent({}, NOW + n));
    const first = await listed('--limit', '2');
    expect(first).toMatchObject({ total: 5, exact: true });
    expect(idsOf(first)).toEqual(ids.slice(0, 2));
    expect((await run('list', '--limit', '2')).out).toContain(`--cursor ${first.next ?? ''}`);
    const second = await listed('--limit', '10', '--cursor', first.next ?? '');
    expect(idsOf(second)).toEqual(ids.slice(2));
    expect(second.next).toBeNull();
  });

  it('filters by every term', async () => {
    const sid = messageSid();
    const hour = 3_600_000;
    const id = await putEvent(
      { messageSid: sid, phone: '+14155550199', source: 'studio' },
      Date.now() - 2 * hour,
      'internal_error',
    );
    await putEvent({}, Date.now() - 10 * hour);
    await put({
      type: 'sync',
      request: { version: 1, workspace: 'shop', channel: 'sms', phone: event().phone },
      messageSids: [event().messageSid],
    });
    const filters = [
      ['--code', 'internal_error'],
      ['--source', 'studio'],
      ['--phone', '+14155550199'],
      ['--sid', sid],
      ['--from', '3h'],
      ['--stage', 'record', '--from', new Date(Date.now() - 3 * hour).toISOString(), '--to', '1h'],
    ];
    for (const filter of filters) expect(idsOf(await listed(...filter))).toEqual([id]);
    expect((await listed('--workspace', 'shop')).total).toBe(1);
    for (const destination of ['native', 'campaign'] as const) {
      await put({
        type: 'destination',
        destination,
        request: { version: 1, workspace: 'shop', channel: 'sms', phone: event().phone },
        messageSids: [event({ messageSid: sid }).messageSid],
      });
    }
    const { out } = await run('list', '--stage', 'campaign', '--phone', PHONE);
    expect(out).toMatch(/campaign.*write of .* to the destination campaign/);
    expect((await listed('--stage', 'campaign')).total).toBe(1);
    expect((await listed('--sid', sid)).total).toBe(3);
    expect((await run('discard', '--stage', 'native', '--yes', ...WHO)).out).toContain('1 discarded');
    expect(await run('list', '--from', 'yesterday')).toMatchObject({ code: 2 });
    expect(await run('list', '--phone', '555')).toMatchObject({ code: 2 });
  });
});

describe('dlq show', () => {
  it('prints nothing of a message that a terminal would act on', async () => {
    const Body = 'a\u001b]0;title\u0007\u001b[2J\u009b31m\r\u202eb';
    const id = await put({ type: 'raw', data: { route: 'messages', params: { Body } } });
    for (const args of [
      ['show', id],
      ['show', id, '--json'],
      ['show', `dl-${Body}`],
    ]) {
      const { out, error } = await run(...args);
      expect(out + error).not.toMatch(/(?![\n\t])[\p{Cc}\u202e]/u);
    }
    expect((await run('show', id, '--reveal')).out).toContain('title');
  });

  it('prints content as it was received only with --reveal, and the audit trail has that', async () => {
    const forward = {
      version: 1 as const,
      id: messageSid(),
      target: 'https://user:pass-word@target.example.com/secret-path?key=secret-key',
      method: 'POST' as const,
      query: 'From=%2B14155550123',
      headers: { 'x-twilio-signature': 'a-signature' },
      body: 'From=%2B14155550123&Body=secret-words',
    };
    const raw = { route: 'messages', params: { WaId: ' 14155550123', Body: 'secret-words' } };
    const ids = [
      await put({ type: 'forward', request: forward }),
      await put({ type: 'raw', data: raw }),
      await putEvent({ why: 'called from (415) 555-0123', by: 'Ann 4155550123' }, NOW, 'x'),
    ];
    const shown = [await run('list', '--json')];
    for (const id of ids) shown.push(await run('show', id), await run('show', id, '--json'));
    const text = shown.map(({ out }) => out).join('\n');
    expect(text).not.toMatch(/secret|pass-word|a-signature|5550123|555-0123/);
    expect(text).toContain('target.example.com');
    expect(text).toContain('--reveal');
    expect((await stores.audit.list({ limit: 1 })).entries).toEqual([]);

    const [forwardId = '', rawId = ''] = ids;
    const revealed = async (id: string): Promise<unknown> =>
      JSON.parse((await run('show', id, '--json', '--reveal')).out);
    expect(await revealed(forwardId)).toMatchObject({ letter: { undone: { request: forward } } });
    expect(await revealed(rawId)).toMatchObject({ letter: { undone: { data: raw } } });
    expect((await stores.audit.list({ limit: 5 })).entries).toMatchObject([
      { action: 'reveal', details: { command: 'dlq show', id: rawId } },
      { action: 'reveal', details: { command: 'dlq show', id: forwardId } },
    ]);
  });

  it('prints one dead letter, with the phone whole where that is asked for', async () => {
    const id = await putEvent();
    const text = (await run('show', id)).out;
    expect(text).toContain('phone: +1415*****23');
    expect(text).toContain('occurredAt: 2026-02-25T09:59:58.000Z');
    const { out } = await run('show', id, '--json', '--reveal');
    expect(JSON.parse(out)).toMatchObject({ id, letter: { undone: { event: { phone: PHONE } } } });
    expect((await stores.audit.list({ limit: 1 })).entries).toMatchObject([
      { action: 'reveal', details: { command: 'dlq show', id } },
    ]);
    expect(await run('show', 'dl-x')).toMatchObject({
      code: 1,
      error: 'error (letter_not_found): there is no dead letter dl-x',
    });
  });
});

describe('dlq replay', () => {
  it('only shows the exact number and what the ledger would decide without --yes', async () => {
    const old = event({ sender: 'MG1' });
    const start = event({ sender: 'MG1', kind: 'start', occurredAt: NOW + 1_000 });
    await stores.ledger.record({ workspace: 'default', channel: 'sms', phone: start.phone }, start);
    const id = await put({ type: 'event', event: old });
    for (let n = 0; n < 30; n++) await putEvent({ phone: `+141555510${String(n + 10)}` }, NOW + 1);
    const { code, out } = await run('replay', '--all');
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`${id}.*stale: START of 2026-02-25T09:59:59.000Z is newer`));
    expect(out).toContain('has the last word');
    expect(out).toContain('... and 11 more');
    expect(out).toContain('31 to replay (all).');
    expect(out).toContain('Nothing was done');
    expect((await stores.queues.runs.list(5)).length).toBe(0);
    expect(JSON.parse((await run('replay', id, '--json')).out)).toMatchObject({
      count: 1,
      filter: { ids: [id] },
    });
  });

  it('masks a phone in the reason of a run', async () => {
    await putEvent();
    const why = ['--why', 'asked by (415) 555-0123'];
    const { out } = await run('replay', '--all', '--yes', '--by', 'Ann', ...why, '--no-follow', '--json');
    const { id } = JSON.parse(out) as ReplayRun;
    for (const args of [['list'], ['list', '--json'], ['show', id], ['show', id, '--json']]) {
      const shown = (await run('runs', ...args)).out;
      expect(shown).toContain('asked by');
      expect(shown).not.toContain('555-0123');
    }
  });

  it('creates a run with who and why, and an audit entry', async () => {
    const id = await putEvent();
    const ran = await run('replay', id, '--yes', ...WHO, '--rate', '2.5', '--no-follow', '--json');
    const made = JSON.parse(ran.out) as ReplayRun;
    expect(made).toMatchObject({
      state: 'waiting',
      by: 'Ann',
      why: 'fixed',
      rate: 2.5,
      total: 1,
      filter: { ids: [id] },
    });
    expect((await stores.queues.replays.getJob(made.id))?.data).toEqual({ run: made.id });
    const { entries } = await stores.audit.list({ limit: 5 });
    expect(entries).toMatchObject([
      { action: 'replay', by: 'Ann', why: 'fixed', details: { run: made.id, total: 1 } },
    ]);

    expect((await run('runs', 'list')).out).toMatch(new RegExp(`${made.id}.*waiting.*Ann.*fixed`));
    expect((await run('runs', 'show', made.id)).out).toContain(`${made.id} is waiting: 0 of 1 replayed`);
    expect((await run('runs', 'cancel', made.id)).out).toContain('Nothing was done.');
    expect(await run('runs', 'cancel', made.id, '--yes', ...WHO)).toMatchObject({
      code: 0,
      out: `${made.id} is cancelled: 0 of 1 replayed, 1 skipped.`,
    });
    expect(await run('runs', 'cancel', made.id, '--yes', ...WHO)).toMatchObject({ code: 1, out: '' });
    expect((await run('runs', 'show', 'run-x')).error).toContain('run_not_found');
    expect((await listed()).total).toBe(1);
  });

  it.each([
    [['replay', '--yes', ...WHO], 'filter_missing'],
    [['replay', '--all', '--code', 'x'], 'filter_ambiguous'],
    [['replay', '--all', '--yes'], 'who_missing'],
    [['replay', '--all', '--yes', '--by', 'Ann', '--why', ' '], 'who_missing'],
    [['discard'], 'filter_missing'],
    [['discard', '--all', '--yes', '--by', 'Ann'], 'who_missing'],
  ])('rejects %j with %s', async (args, code) => {
    expect(await run(...args)).toMatchObject({
      code: 2,
      out: '',
      error: expect.stringContaining(code) as string,
    });
  });

  it('rejects an unknown dead letter, and a rate of 0', async () => {
    expect(await run('replay', 'dl-x')).toMatchObject({
      code: 1,
      error: expect.stringContaining('letter_not_found') as string,
    });
    expect(await run('replay', '--all', '--rate', '0')).toMatchObject({ code: 2 });
  });
});

describe('dlq discard', () => {
  it('shows what it would discard, discards it with --yes, and writes audit entries', async () => {
    const id = await putEvent({}, NOW, 'internal_error');
    await putEvent();
    expect((await run('discard', '--code', 'internal_error')).out).toContain(
      '1 to discard (code internal_error).\nNothing was done.',
    );
    expect((await listed()).total).toBe(2);
    expect(await run('discard', '--code', 'internal_error', '--yes', ...WHO)).toEqual({
      code: 0,
      out: '1 discarded (code internal_error).',
      error: '',
    });
    expect(idsOf(await listed())).not.toContain(id);
    expect((await stores.audit.list({ limit: 5 })).entries).toMatchObject([
      { action: 'discarded', details: { filter: { code: 'internal_error' }, count: 1 } },
      { action: 'discard', by: 'Ann', why: 'fixed' },
    ]);
  });
});

describe('audit', () => {
  const audit = (...args: string[]): Promise<Ran> => runWith(stores.env, 'audit', ...args);

  it('lists who did what, page by page, without a whole phone', async () => {
    expect((await audit()).out).toBe('No audit entries.');
    await run('discard', '--all', '--yes', ...WHO);
    await runWith(stores.env, 'optouts', 'add', PHONE, '--sender', '+15005550006', ...WHO, '--yes');
    const { out } = await audit();
    expect(out).toMatch(/override.*Ann.*fixed/);
    expect(out).not.toContain(PHONE);
    const page = JSON.parse((await audit('--json', '--limit', '1')).out) as {
      entries: { action: string; details: { phone?: string } }[];
      next: string;
    };
    expect(page.entries).toMatchObject([
      { action: 'override', details: { phone: '+1415*****23', state: 'stopped' } },
    ]);
    expect((await audit('--cursor', page.next)).out).not.toContain('override');
    expect((await audit('--action', 'discard')).out).not.toMatch(/override|discarded/);
  });
});

describe('dlq resolve', () => {
  const SENDER = 'whatsapp:+15005550006';
  const unresolved = {
    messageSid: 'SM00000000000000000000000000000009',
    accountSid: 'AC1',
    kind: 'stop',
    keyword: 'STOP',
    channel: 'whatsapp',
    sender: SENDER,
    source: 'webhook',
  };
  const putUnresolved = (more: object = {}): Promise<string> =>
    put({ type: 'raw', data: { route: 'messages', params: {}, unresolved: { ...unresolved, ...more } } });

  it('replays the message for the phone, with who knew it and why', async () => {
    const id = await putUnresolved();
    const { code, out } = await run('resolve', id, '--phone', '+5215512345678', '--yes', ...WHO);
    expect([code, out]).toEqual([0, expect.stringContaining('stop from +5255******78 (whatsapp)')]);
    const [job, ...others] = await stores.queues.inbound.getJobs(['prioritized', 'waiting']);
    expect(others).toEqual([]);
    expect(job?.data.payload.events[0]).toEqual({
      version: 1,
      ...unresolved,
      phone: '+525512345678',
      occurredAt: NOW,
      receivedAt: NOW,
      by: 'Ann',
      why: 'fixed',
    });
    expect(InboundEvent.safeParse(job?.data.payload.events[0]).success).toBe(true);
    expect(await stores.queues.deadLetters.get(id)).toBeUndefined();
    const { entries } = await stores.audit.list({ limit: 10 });
    expect(entries).toMatchObject([
      { action: 'resolve', by: 'Ann', details: { id, phone: '+525512345678' } },
    ]);
  });

  it('is named in the list, with what the message asks for', async () => {
    await putUnresolved();
    await put({ type: 'raw', data: { route: 'messages', params: {} } });
    const { out } = await run('list');
    expect(out).toContain(
      `stop from a person without a phone number (${unresolved.messageSid}): dlq resolve`,
    );
    expect(out).toContain('a message that could not be parsed');
  });

  it('keeps the times that Twilio gave, and the order of a blocked send', async () => {
    const id = await putUnresolved({ occurredAt: NOW - 5_000, orderedBefore: 3_000 });
    await run('resolve', id, '--phone', PHONE, '--yes', ...WHO);
    const [job] = await stores.queues.inbound.getJobs(['prioritized', 'waiting']);
    expect(job?.data.payload.events[0]).toMatchObject({
      occurredAt: NOW - 5_000,
      orderAt: NOW - 8_000,
      receivedAt: NOW,
    });
  });

  it.each([
    ['+1415', 'phone_invalid'],
    ['sms:+14155550123', 'channel_ambiguous'],
  ])('changes nothing with the phone %p', async (phone, error) => {
    const id = await putUnresolved();
    const ran = await run('resolve', id, '--phone', phone, '--yes', ...WHO);
    expect([ran.code, ran.error]).toEqual([2, expect.stringContaining(error)]);
    expect(await stores.queues.deadLetters.get(id)).toBeDefined();
  });

  it('refuses a dead letter that lacks no phone, and one that does not exist', async () => {
    for (const id of [await putEvent(), await put({ type: 'raw', data: { a: 1 } })]) {
      const ran = await run('resolve', id, '--phone', PHONE, '--yes', ...WHO);
      expect([ran.code, ran.error]).toEqual([1, expect.stringContaining('letter_not_resolvable')]);
    }
    const ran = await run('resolve', 'dl-none', '--phone', PHONE, '--yes', ...WHO);
    expect([ran.code, ran.error]).toEqual([1, expect.stringContaining('letter_not_found')]);
  });

  it('needs who and why', async () => {
    const id = await putUnresolved();
    const ran = await run('resolve', id, '--phone', PHONE, '--yes');
    expect([ran.code, ran.error]).toEqual([2, expect.stringContaining('who_missing')]);
    expect(await stores.queues.deadLetters.get(id)).toBeDefined();
  });

  it('only shows the message without --yes', async () => {
    const id = await putUnresolved();
    const { code, out } = await run('resolve', id, '--phone', PHONE);
    expect([code, out]).toEqual([0, expect.stringContaining('Would enqueue')]);
    expect(out).toContain('stop from +1415');
    expect(await stores.queues.deadLetters.get(id)).toBeDefined();
    expect(await stores.queues.inbound.getJobs(['prioritized', 'waiting'])).toEqual([]);
    expect((await stores.audit.list({ limit: 10 })).entries).toEqual([]);
  });
});

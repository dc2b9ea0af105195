import { maskPhone } from '@optout-sync/shared/domain';
import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import { damageDeadLetter, deadLetterOf, freshPhone, putDeadLetters } from '../../test-support/dead-letters';
import { startTestConsole, type TestConsole } from '../../test-support/test-console';

let pages: TestConsole;
beforeEach(async () => {
  pages = await startTestConsole();
});
afterEach(() => pages.stop());

const hiddenFields = (html: string): Record<string, string> =>
  Object.fromEntries(
    [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
      .map(([, name = '', value = '']) => [name, value] as const)
      .filter(([name]) => name !== 'csrf'),
  );

describe('the list of dead letters', () => {
  it('shows them with masked phones, the oldest failure first, with a link to each', async () => {
    const phone = freshPhone();
    const [first = '', second = ''] = await putDeadLetters(pages.context, [
      deadLetterOf({ phone, at: 2_000 }),
      deadLetterOf({ at: 3_000, code: 'internal_error' }),
    ]);
    const { status, text } = await pages.get('/dead-letters', 'viewer');
    expect(status).toBe(200);
    expect(text).toContain('<b>2</b> in all');
    expect(text).toContain(maskPhone(phone));
    expect(text).not.toContain(phone.slice(2));
    expect(text.indexOf(`/dead-letters/${first}`)).toBeLessThan(text.indexOf(`/dead-letters/${second}`));
  });

  it('filters by every term, and leads from a phone to a URL without it', async () => {
    const phone = freshPhone();
    const [id = ''] = await putDeadLetters(pages.context, [
      deadLetterOf({ phone, code: 'internal_error', source: 'studio', at: Date.now() - 60_000 }),
      deadLetterOf({ at: Date.now() - 7_200_000 }),
    ]);
    const listed = async (path: string): Promise<string[]> =>
      [...(await pages.get(path)).text.matchAll(/\/dead-letters\/(dl-\w+)"/g)].map(([, found = '']) => found);
    for (const filter of [
      'code=internal_error',
      'source=studio',
      'since=1h',
      'stage=record&code=internal_error&sid=',
    ]) {
      expect([filter, await listed(`/dead-letters?${filter}`)]).toEqual([filter, [id]]);
    }
    expect(await listed('/dead-letters?until=1h')).toHaveLength(1);
    expect(await listed('/dead-letters?workspace=nothing')).toEqual([]);
    const { status, location } = await pages.post('/dead-letters/find', { phone });
    expect(status).toBe(303);
    expect(location).toMatch(/^\/dead-letters\?person=[\w-]+$/);
    expect(decodeURIComponent(location ?? '')).not.toContain(phone.slice(2));
    expect(await listed(location ?? '')).toEqual([id]);
  });

  it('goes from page to page without missing or repeating one', async () => {
    const put = await putDeadLetters(
      pages.context,
      Array.from({ length: 120 }, (_, n) => deadLetterOf({ at: 1_000 + n })),
    );
    const seen: string[] = [];
    let path: string | undefined = '/dead-letters?code=customerio_refused';
    while (path !== undefined) {
      const { text } = await pages.get(path);
      seen.push(...[...text.matchAll(/\/dead-letters\/(dl-\w+)"/g)].map(([, id = '']) => id));
      path = /<a href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    }
    expect(seen).toEqual(put);
  });

  it.each([
    ['cursor=%00', 'cursor_invalid'],
    ['cursor=1.2.3)(*', 'cursor_invalid'],
    ['cursor=(inf.x', 'cursor_invalid'],
    ['stage=<script>', 'filter_invalid'],
    ['since=yesterday', 'time_invalid'],
    ['since=99999999-01-01', 'time_invalid'],
    ['person=abc', 'person_unknown'],
    [`code=${'x'.repeat(5_000)}`, 'filter_invalid'],
  ])('refuses %s with a code', async (query, code) => {
    const { status, text } = await pages.get(`/dead-letters?${query}`);
    expect([400, 404]).toContain(status);
    expect(text).toContain(code);
    expect(text).not.toContain('<script>');
  });
});

describe('hostile content', () => {
  const HOSTILE = '\u202e<script>window.attacked = true</script>';

  it('is listed and inspected harmlessly, whatever is stored', async () => {
    const raw = {
      route: 'messages',
      params: { Body: `${HOSTILE}${'x'.repeat(1_000_000)}`, From: '+14155550123' },
    };
    const hostile: DeadLetter = { ...deadLetterOf({ code: HOSTILE }), message: `${HOSTILE} +14155550123` };
    const ids = await putDeadLetters(pages.context, [
      { ...deadLetterOf({}), stage: 'ingest', undone: { type: 'raw', data: raw } },
      hostile,
      deadLetterOf({}),
      deadLetterOf({}),
    ]);
    const [large = '', scripted = '', broken = '', strange = ''] = ids;
    await damageDeadLetter(pages.context, broken, '{"version":1,"stage":');
    await damageDeadLetter(
      pages.context,
      strange,
      JSON.stringify({ version: 9, undone: [{}], attempts: 'none' }),
    );
    const list = await pages.get('/dead-letters');
    expect(list.status).toBe(200);
    for (const id of ids) expect(list.text).toContain(id);
    // The large one is not loaded.
    expect(list.text.length).toBeLessThan(50_000);
    for (const id of ids) {
      for (const path of [
        `/dead-letters/${id}`,
        `/dead-letters/replay?id=${id}`,
        `/dead-letters/discard?id=${id}`,
      ]) {
        const { status, text } = await pages.get(path);
        expect([path, status]).toEqual([path, 200]);
        expect(text).not.toMatch(/<script>window|\u202e|4155550123/);
        expect(text.length).toBeLessThan(50_000);
      }
    }
    expect((await pages.get(`/dead-letters/${scripted}`)).text).toContain('&lt;script>');
    expect((await pages.get(`/dead-letters/${broken}`)).text).toContain('cannot be read');
    const revealed = await pages.post(`/dead-letters/${large}/reveal`, { why: 'to see it' });
    expect(revealed.status).toBe(200);
    expect(revealed.text).not.toMatch(/<script>window|\u202e/);
    expect(revealed.text.length).toBeLessThan(60_000);
  });

  it('is discarded although it cannot be read', async () => {
    const [broken = ''] = await putDeadLetters(pages.context, [deadLetterOf({})]);
    await damageDeadLetter(pages.context, broken, 'not JSON');
    const fields = hiddenFields((await pages.get(`/dead-letters/discard?id=${broken}`)).text);
    expect((await pages.post('/dead-letters/discard', { ...fields, why: 'damaged' })).status).toBe(303);
    expect((await pages.get(`/dead-letters/${broken}`)).status).toBe(404);
  });
});

describe('the whole phone of a dead letter', () => {
  it('is shown to support that says why, and the audit trail records it', async () => {
    const phone = freshPhone();
    const [id = ''] = await putDeadLetters(pages.context, [deadLetterOf({ phone })]);
    expect((await pages.post(`/dead-letters/${id}/reveal`, { why: 'curious' }, 'viewer')).status).toBe(403);
    expect((await pages.post(`/dead-letters/${id}/reveal`, { why: ' ' }, 'support')).text).toContain(
      'who_missing',
    );
    const { text } = await pages.post(`/dead-letters/${id}/reveal`, { why: 'ticket 4711' }, 'support');
    expect(text).toContain(phone);
    const { entries } = await pages.context.stores.audit.list({ limit: 5 });
    expect(entries).toMatchObject([{ action: 'reveal', by: 'support', why: 'ticket 4711', details: { id } }]);
  });

  it('is shown without what gives access to the target of a forward', async () => {
    const target = 'https://user:pass-word@target.example.com/secret-path';
    const request = {
      version: 1,
      id: 'SM1',
      target,
      method: 'POST',
      query: '',
      headers: {},
      body: 'Body=words',
    };
    const undone = { type: 'forward', request } as const;
    const [id = ''] = await putDeadLetters(pages.context, [
      { ...deadLetterOf({}), undone } as Parameters<typeof putDeadLetters>[1][number],
    ]);
    const { text } = await pages.post(`/dead-letters/${id}/reveal`, { why: 'ticket 4711' }, 'support');
    expect(text).toContain('Body=words');
    expect(text).toContain('target.example.com');
    expect(text).not.toMatch(/pass-word|secret-path/);
  });
});

describe('a bulk action', () => {
  it('is done to the number that its button holds', async () => {
    const ids = await putDeadLetters(
      pages.context,
      Array.from({ length: 25 }, () => deadLetterOf({ code: 'internal_error' })),
    );
    await putDeadLetters(pages.context, [deadLetterOf({})]);
    const { text } = await pages.get('/dead-letters/replay?code=internal_error');
    expect(text).toContain('Replay 25 dead letters</button>');
    expect(text).toContain('docs/dead-letters.md#replaying');
    const fields = hiddenFields(text);
    expect(fields).toMatchObject({ code: 'internal_error', count: '25' });
    const { status, location } = await pages.post('/dead-letters/replay', {
      ...fields,
      why: 'mended',
      rate: '5',
    });
    expect([status, location]).toEqual([303, expect.stringMatching(/^\/runs\/run-\w+$/)]);
    const run = await pages.context.stores.queues.runs.get((location ?? '').slice('/runs/'.length));
    expect(run).toMatchObject({ by: 'operator', why: 'mended', total: 25, rate: 5, state: 'waiting' });
    expect(ids).toHaveLength(25);
  });

  it('is one run when its form is sent twice, also at once', async () => {
    const { queues, audit } = pages.context.stores;
    await putDeadLetters(pages.context, [deadLetterOf({}), deadLetterOf({})]);
    const form = { ...hiddenFields((await pages.get('/dead-letters/replay?all=1')).text), why: 'mended' };
    const send = () => pages.post('/dead-letters/replay', form);
    const sent = [...(await Promise.all([send(), send()])), await send()];
    expect(new Set(sent.map(({ status, location }) => `${String(status)} ${location ?? ''}`)).size).toBe(1);
    expect(await queues.runs.list(10)).toMatchObject([{ state: 'waiting', total: 2 }]);
    expect((await audit.list({ limit: 10, action: 'replay' })).entries.length).toBeLessThan(3);
  });

  it.each(['replay', 'discard'])('leaves out what came after the preview: %s', async (action) => {
    const { queues } = pages.context.stores;
    await putDeadLetters(pages.context, [deadLetterOf({}), deadLetterOf({})]);
    const fields = hiddenFields((await pages.get(`/dead-letters/${action}?all=1`)).text);
    const [late = ''] = await putDeadLetters(pages.context, [deadLetterOf({})]);
    const { status, location } = await pages.post(`/dead-letters/${action}`, { ...fields, why: 'mended' });
    expect(status).toBe(303);
    if (action === 'replay') {
      expect(await queues.runs.get((location ?? '').slice('/runs/'.length))).toMatchObject({ total: 2 });
    } else {
      expect((await queues.deadLetters.list({ limit: 9, maxBytes: 0 })).listed.map(({ id }) => id)).toEqual([
        late,
      ]);
    }
  });

  it.each(['replay', 'discard'])(
    'is refused when the set has changed since the preview: %s',
    async (action) => {
      const { queues, audit } = pages.context.stores;
      const again = deadLetterOf({});
      const [id = ''] = await putDeadLetters(pages.context, [again, deadLetterOf({}), deadLetterOf({})]);
      const fields = hiddenFields((await pages.get(`/dead-letters/${action}?all=1`)).text);
      const changes: [string, () => Promise<unknown>][] = [
        [
          'failed again',
          () => putDeadLetters(pages.context, [{ ...again, attempts: [], lastFailedAt: Date.now() }]),
        ],
        ['was discarded', () => queues.deadLetters.discard({ ids: [id] })],
      ];
      for (const [what, change] of changes) {
        await change();
        const { status, text } = await pages.post(`/dead-letters/${action}`, { ...fields, why: 'mended' });
        expect([what, status, text.includes('selection_changed')]).toEqual([what, 409, true]);
      }
      expect((await queues.deadLetters.count()).count).toBe(2);
      expect(await queues.runs.list(9)).toEqual([]);
      expect((await audit.list({ limit: 9 })).entries).toEqual([]);
    },
  );

  it('needs a selection, a preview and a reason', async () => {
    await putDeadLetters(pages.context, [deadLetterOf({})]);
    expect((await pages.get('/dead-letters/discard')).text).toContain('filter_missing');
    expect((await pages.post('/dead-letters/discard', { all: '1', why: 'x' })).text).toContain(
      'preview_missing',
    );
    const fields = hiddenFields((await pages.get('/dead-letters/discard?all=1')).text);
    expect((await pages.post('/dead-letters/discard', { ...fields, why: ' ' })).text).toContain(
      'who_missing',
    );
    expect((await pages.context.stores.queues.deadLetters.count()).count).toBe(1);
  });
});

it('says what waits without being dead', async () => {
  const { status, text } = await pages.get('/dead-letters/waiting', 'viewer');
  expect(status).toBe(200);
  expect(text).toContain('nothing is skipped');
});

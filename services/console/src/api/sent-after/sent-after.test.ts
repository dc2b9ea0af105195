import { startApi, type RunningApi } from '../test-support/running-api';
import { newPhone, subjectOf } from '../test-support/samples';
import { sentAfterEntry } from '../../test-support/sent-after';

const AT = Date.parse('2026-02-25T10:00:00.000Z');

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const phone = newPhone();
const add = async (more: Parameters<typeof sentAfterEntry>[1]) => {
  const entry = sentAfterEntry(subjectOf(phone), more);
  await api.stores.sentAfter.add(entry);
  return entry.messageSid;
};
const list = (query = '', options = {}) => api.ask('get', `/sent-after${query}`, options);
interface Page {
  readonly items: { readonly messageSid: string }[];
  readonly next: string | null;
}

describe('what was sent after an opt-out', () => {
  let [first, second, other]: string[] = [];
  beforeAll(async () => {
    first = await add({
      sentAt: AT,
      optOut: { messageSid: `SM${'a'.repeat(32)}`, sender: 'MG1', occurredAt: AT - 60_000 },
    });
    second = await add({ sentAt: AT + 1_000, sender: `MG${'b'.repeat(32)}` });
    other = await add({ sentAt: AT + 2_000, relation: 'other_sender' });
  });

  it('is listed, the latest first, with masked phones, the opt-out and what was checked', async () => {
    await api.stores.messageLog.begin(`AC${'0'.repeat(32)}`, AT);
    const { status, body } = await list('?limit=1');
    expect([status, body]).toMatchObject([
      200,
      {
        items: [
          {
            messageSid: second,
            relation: 'same_sender',
            phone: expect.stringMatching(/^\+1415\*+\d\d$/) as string,
          },
        ],
        examined: 1,
        checked: [{ account: `AC${'0'.repeat(32)}`, since: '2026-02-25T10:00:00.000Z' }],
      },
    ]);
    const { next } = body as Page;
    expect((await list(`?limit=1&cursor=${String(next)}`)).body).toMatchObject({
      items: [
        {
          messageSid: first,
          sentAt: '2026-02-25T10:00:00.000Z',
          ours: '+15005550006',
          optOut: { messageSid: `SM${'a'.repeat(32)}`, occurredAt: '2026-02-25T09:59:00.000Z' },
        },
      ],
      next: null,
    });
  });

  it.each([
    ['?relation=other_sender', () => [other]],
    [`?sender=MG${'b'.repeat(32)}`, () => [second]],
    ['?sender=%2B15005550006', () => [second, first]],
    ['?until=2026-02-25T10:00:00Z', () => [first]],
    ['?since=2026-02-25T10:00:00.500Z', () => [second]],
    ['?workspace=default', () => [second, first]],
  ])('is filtered by %s', async (query, expected) => {
    const { items } = (await list(query)).body as Page;
    expect(items.map(({ messageSid }) => messageSid)).toEqual(expected());
  });

  it('shows whole phones with the scope for it alone, and the audit trail has that', async () => {
    expect((await list('?reveal=true')).text).toContain(phone);
    const [entry] = (await api.stores.audit.list({ limit: 1 })).entries;
    expect(entry).toMatchObject({ action: 'reveal', details: { route: 'GET /sent-after' } });
    const token = await api.tokenWith('optouts:list');
    expect((await list('?reveal=true', { token })).body).toMatchObject({ code: 'scope_missing' });
    expect((await list('', { token })).status).toBe(200);
  });

  it.each([
    ['?cursor=SM0', 'cursor_invalid'],
    ['?workspace=other', 'workspace_unknown'],
    ['?sender=15005550006', 'sender_invalid'],
    ['?relation=none', 'request_invalid'],
    ['?limit=1001', 'request_invalid'],
    ['?phone=%2B14155550101', 'request_invalid'],
  ])('is refused for %s', async (query, code) => {
    const { status, body } = await list(query);
    expect([status, body]).toMatchObject([400, { code }]);
  });
});

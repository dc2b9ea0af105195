import { HOSTILE, freshSubject, pathOf, record } from '../../test-support/people';
import { sentAfterEntry } from '../../test-support/sent-after';
import { startTestConsole, type TestConsole } from '../../test-support/test-console';

const PAGE = 50;
const MINUTE = 60_000;

let tested: TestConsole;
beforeEach(async () => {
  tested = await startTestConsole();
});
afterEach(() => tested.stop());

const add = (...args: Parameters<typeof sentAfterEntry>) => {
  const entry = sentAfterEntry(...args);
  return tested.context.stores.sentAfter.add(entry).then(() => entry);
};
const nextOf = (html: string): string | undefined =>
  /href="([^"]+)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&');

describe('the page of what was sent after an opt-out', () => {
  it('has every message once, page by page, the latest first, with masked phones that lead to the person', async () => {
    const now = Date.now();
    const subject = freshSubject();
    const sids: string[] = [];
    for (let n = 0; n < PAGE + 5; n++)
      sids.push((await add(subject, { sentAt: now - n * MINUTE })).messageSid);
    const found: string[] = [];
    for (let next: string | undefined = '/sent-after'; next !== undefined;) {
      const { status, text } = await tested.get(next, 'viewer');
      expect(status).toBe(200);
      expect(text).not.toContain(subject.phone.slice(1));
      expect(text).toContain(`href="${pathOf(tested.context, subject)}"`);
      found.push(...[...text.matchAll(/<th scope="row"><code>(SM\w+)/g)].map(([, sid = '']) => sid));
      next = nextOf(text);
    }
    expect(found).toEqual(sids);
  });

  it('filters by relation, sender and time, as the URL says, and goes on to the next page that has a message', async () => {
    const now = Date.now();
    const old = await add(freshSubject(), { sentAt: now - 3 * 86_400_000, from: '+15005550009' });
    const other = await add(freshSubject(), { relation: 'other_sender' });
    for (let n = 0; n < PAGE; n++) await add(freshSubject(), { sentAt: now - n });
    const get = async (query: string): Promise<string> => (await tested.get(`/sent-after?${query}`)).text;
    expect(await get('relation=other_sender')).toContain(other.messageSid);
    expect(await get('relation=same_sender&since=2d')).not.toContain(old.messageSid);
    expect(await get('until=2d')).toContain(old.messageSid);
    const ofSender = await get('sender=%2B15005550009');
    expect(ofSender).toContain(old.messageSid);
    expect(ofSender).toContain('1 listed, 51 examined');
    expect(ofSender).toContain('value="+15005550009"');
  });

  it('says what was checked, and that nothing was', async () => {
    expect((await tested.get('/sent-after')).text).toContain('SENT_CHECK_PERIOD');
    const account = `AC${'1'.repeat(32)}`;
    await tested.context.stores.messageLog.begin(account, Date.parse('2026-02-25T10:00:00Z'));
    const { text } = await tested.get('/sent-after');
    expect(text).toContain(account);
    expect(text).toContain('2026-02-25 10:00:00Z');
    expect(text).not.toContain('SENT_CHECK_PERIOD');
  });

  it.each([
    ['relation=none', 'filter_invalid', 'relation'],
    ['since=yesterday', 'filter_invalid', 'since'],
    ['workspace=other', 'filter_invalid', 'workspace'],
    ['sender=15005550006', 'sender_invalid', 'country code'],
    [`sender=MG${encodeURIComponent(HOSTILE)}`, 'sender_invalid', 'Messaging Service'],
    ['cursor=x', 'cursor_invalid', 'start over'],
  ])('refuses %s, and says what is wrong', async (query, code, said) => {
    const { status, text } = await tested.get(`/sent-after?${query}`);
    expect(status).toBe(400);
    expect(text).toContain(code);
    expect(text).toContain(said);
    expect(text).not.toContain('<script>window');
  });

  it('shows hostile text as text, and goes on beside what cannot be read', async () => {
    const entry = await add(freshSubject(), {
      sender: HOSTILE,
      from: HOSTILE,
      status: HOSTILE + 'x'.repeat(10_000),
    });
    const broken = await add(freshSubject());
    const { redis, prefix } = tested.context.stores;
    await redis.hset(`${prefix}:{sent-after}:same_sender:entries`, broken.messageSid, '{"relation":"new"');
    const { status, text } = await tested.get('/sent-after');
    expect(status).toBe(200);
    expect(text).toContain(entry.messageSid);
    expect(text).toContain('1 message is left out');
    expect(text).not.toContain('<script>window');
    expect(text.length).toBeLessThan(50_000);
  });

  it('is what the overview points at, for the messages of the last day', async () => {
    await add(freshSubject(), { sentAt: Date.now() - 2 * 86_400_000 });
    expect((await tested.get('/')).text).not.toContain('sent after an opt-out in');
    await add(freshSubject());
    const { text } = await tested.get('/');
    expect(text).toContain('1 message was sent after an opt-out in the last 24 hours');
    expect(text).toContain('runbook.md#sentafteroptout');
  });

  it('is in the timeline of the person', async () => {
    const subject = freshSubject();
    await record(tested.context, subject);
    const own = await add(subject);
    const elsewhere = await add(subject, { relation: 'other_sender', sender: '+15005550009' });
    const { text } = await tested.get(pathOf(tested.context, subject), 'viewer');
    for (const { messageSid, optOut } of [own, elsewhere]) {
      expect(text).toContain(messageSid);
      expect(text).toContain(optOut.messageSid);
    }
    expect(text).toContain('opted out of it at');
    expect(text).not.toContain(subject.phone.slice(1));
  });
});

import { damage, freshSubject, pathOf, record } from '../../test-support/people';
import { startTestConsole, type TestConsole } from '../../test-support/test-console';

const PHONES = 70;

let tested: TestConsole;
const subjects = Array.from({ length: PHONES }, () => freshSubject());
beforeAll(async () => {
  tested = await startTestConsole();
  for (const subject of subjects) {
    await record(tested.context, subject);
    await tested.context.stores.findings.replace(subject, { missing: [`cio-${subject.phone.slice(-4)}`] });
  }
});
afterAll(() => tested.stop());

const nextOf = (html: string): string | undefined =>
  /href="([^"]+)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&');

describe('the drift page', () => {
  it('lists all findings page by page, and neither a row nor an address has a phone', async () => {
    const paths: string[] = [];
    for (let next: string | undefined = '/drift?kind=missing'; next !== undefined;) {
      const { status, text } = await tested.get(next, 'viewer');
      expect(status).toBe(200);
      for (const { phone } of subjects) {
        expect(text).not.toContain(phone.slice(1));
        expect(
          Buffer.from(new URL(next, 'http://x').searchParams.get('cursor') ?? '', 'base64url').toString(),
        ).not.toContain(phone);
      }
      paths.push(...[...text.matchAll(/href="(\/people\/[\w-]+)"/g)].map(([, path = '']) => path));
      next = nextOf(text);
    }
    expect([...new Set(paths)].sort()).toEqual(subjects.map((one) => pathOf(tested.context, one)).sort());
  });

  it('counts by kind, and lets support compare one', async () => {
    const { text } = await tested.get('/drift', 'viewer');
    expect(text).toContain(`<td class="number">${String(PHONES)}</td>`);
    expect(text).not.toContain('Compare now');
    expect((await tested.get('/drift', 'support')).text).toContain('Compare now');
  });

  it('refuses a filter and a cursor that are none', async () => {
    for (const query of ['kind=other', 'workspace=other', 'cursor=x']) {
      expect([query, (await tested.get(`/drift?${query}`)).status]).toEqual([query, 400]);
    }
  });

  it('shows what cannot be read beside the others', async () => {
    const [broken, unreadable] = [freshSubject(), freshSubject()];
    for (const one of [broken, unreadable]) {
      await record(tested.context, one);
      await tested.context.stores.findings.replace(one, { orphaned: ['a1'] });
    }
    const { redis, prefix } = tested.context.stores;
    const key = `${prefix}:reconcile:{default}:findings:orphaned:people`;
    await redis.hset(key, `sms:${broken.phone}`, '{"people":');
    await damage(tested.context, unreadable, { 'm:SM1': 'stop ? 1 0 0 1 a 1' });
    const { status, text } = await tested.get('/drift?kind=orphaned');
    expect(status).toBe(200);
    expect(text).toContain('not readable: compare it');
    expect(text).toContain('ledger_entry_unreadable');
  });
});

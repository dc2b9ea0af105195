import { freshSubject, pathOf, record } from '../../test-support/people';
import { startTestConsole, type TestConsole } from '../../test-support/test-console';

const PHONES = 130;

let tested: TestConsole;
const subjects = Array.from({ length: PHONES }, () => freshSubject());
beforeAll(async () => {
  tested = await startTestConsole();
  await Promise.all(subjects.map((subject) => record(tested.context, subject)));
});
afterAll(() => tested.stop());

const peopleIn = (html: string): string[] =>
  [...html.matchAll(/href="(\/people\/[\w-]+)"/g)].map(([, path = '']) => path);

/** The paths of everybody whom the list has, page by page as its links lead. */
async function listed(path: string): Promise<string[]> {
  const found: string[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const { status, text } = await tested.get(next, 'viewer');
    expect(status).toBe(200);
    for (const { phone } of subjects) expect(text).not.toContain(phone.slice(1));
    found.push(...peopleIn(text));
    next = /href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
  }
  return found;
}

describe('the list of opt-outs', () => {
  it('has everybody, page by page, with masked phones', async () => {
    const expected = subjects.map((subject) => pathOf(tested.context, subject));
    expect([...new Set(await listed('/opt-outs'))].sort()).toEqual(expected.sort());
  });

  it('says how far it looked', async () => {
    const { text } = await tested.get('/opt-outs');
    expect(text).toMatch(/\d+ listed, \d+ entries looked at, of at most [\d,]+\. The next page goes on/);
    const second = /href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect((await tested.get(second)).text).toMatch(/\d+ with the pages before/);
  });

  it('filters by state, sender, channel, workspace, source, reason and time, as the URL says', async () => {
    const { context } = tested;
    const started = freshSubject();
    await record(context, started, { kind: 'start' });
    const imported = freshSubject({ channel: 'whatsapp' });
    await record(context, imported, { source: 'import', sender: 'whatsapp:+15005550009' });
    expect(await listed('/opt-outs?state=started')).toEqual([pathOf(context, started)]);
    expect(await listed('/opt-outs?source=import')).toEqual([pathOf(context, imported)]);
    expect(await listed('/opt-outs?reason=import')).toEqual([pathOf(context, imported)]);
    expect(await listed('/opt-outs?reason=reassigned')).toEqual([]);
    expect(await listed('/opt-outs?channel=whatsapp')).toEqual([pathOf(context, imported)]);
    expect(await listed('/opt-outs?sender=whatsapp%3A%2B15005550009')).toEqual([pathOf(context, imported)]);
    expect(await listed('/opt-outs?since=10m')).toEqual([]);
    expect(new Set(await listed('/opt-outs?until=10m&state=any')).size).toBe(PHONES + 2);
    expect(await listed('/opt-outs?workspace=default&state=started')).toEqual([pathOf(context, started)]);
    const { text } = await tested.get('/opt-outs?state=started&sender=MG1');
    expect(text).toMatch(/<option (selected value="started"|value="started" selected)/);
    expect(text).toContain('value="MG1"');
  });

  it('refuses a filter that is wrong, names the field, and keeps the form', async () => {
    for (const filter of ['since=yesterday', 'state=gone', 'workspace=other', 'source=%3Cscript%3E']) {
      const { status, text } = await tested.get(`/opt-outs?${filter}`);
      expect([filter, status]).toEqual([filter, 400]);
      expect(text).toContain('filter_invalid');
      expect(text).toContain(filter.split('=')[0]);
      expect(text).not.toContain('<script>');
    }
  });

  it('refuses a cursor that is none', async () => {
    const { status, text } = await tested.get('/opt-outs?cursor=x');
    expect([status, text.includes('cursor_invalid')]).toEqual([400, true]);
  });
});

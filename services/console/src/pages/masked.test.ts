import { startTestConsole, type TestConsole } from '../test-support/test-console';
import { deadLetterOf, freshPhone, putDeadLetters } from '../test-support/dead-letters';
import { freshSubject, pathOf, record } from '../test-support/people';

/*
 * What operators write, and what errors quote, may hold a phone: a viewer sees it masked on every page.
 */

let pages: TestConsole;
beforeAll(async () => {
  pages = await startTestConsole();
});
afterAll(() => pages.stop());

const WHY = 'called from (415) 555-0199, said +14155550199';
const digitsOf = (html: string): string => html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/[\s().-]/g, '');

async function asViewer(path: string): Promise<string> {
  const { status, text } = await pages.get(path, 'viewer');
  expect(status).toBe(200);
  expect(text).toContain('called from');
  return digitsOf(text);
}

test('a phone in the reason of a replay is masked on its run and in the list', async () => {
  const { queues } = pages.context.stores;
  const run = await queues.runs.create({ id: 'run-masked1', filter: {}, by: 'Ann +14155550199', why: WHY });
  expect(await asViewer(`/runs/${run.id}`)).not.toContain('4155550199');
  expect(digitsOf((await pages.get('/runs', 'viewer')).text)).not.toContain('4155550199');
});

test('a phone in the reason of an override is masked in the timeline and in its dead letter', async () => {
  const subject = freshSubject();
  const event = await record(pages.context, subject, { source: 'manual', by: 'Ann', why: WHY });
  expect(await asViewer(pathOf(pages.context, subject))).not.toContain('4155550199');
  const letter = { ...deadLetterOf({}), undone: { type: 'event', event } as const };
  const [id = ''] = await putDeadLetters(pages.context, [letter]);
  expect(await asViewer(`/dead-letters/${id}`)).not.toContain('4155550199');
});

test('a dead letter of several people is revealed with masked phones: one person at a time', async () => {
  const people = [freshPhone(), freshPhone()].map((phone) => ({ phone }));
  const reveal = async (some: typeof people): Promise<string> => {
    const change = { version: 1, id: 'c1', workspace: 'default', people: some };
    const letter = { ...deadLetterOf({}), undone: { type: 'people', change } } as Parameters<
      typeof putDeadLetters
    >[1][number];
    const [id = ''] = await putDeadLetters(pages.context, [letter]);
    return (await pages.post(`/dead-letters/${id}/reveal`, { why: 'ticket 1' }, 'support')).text;
  };
  const [first, second] = people.map(({ phone }) => phone.slice(1));
  expect(await reveal(people.slice(0, 1))).toContain(first);
  const both = await reveal(people);
  expect(both).toContain('Stored content');
  expect(both).not.toContain(first);
  expect(both).not.toContain(second);
});

test('nobody tries the digits that a masked phone hides: searches are limited', async () => {
  const searches: number[] = [];
  for (let n = 0; n <= 60; n += 1) {
    searches.push((await pages.post('/search', { q: freshPhone() }, 'viewer')).status);
  }
  expect(searches.slice(0, 60)).toEqual(Array(60).fill(303));
  const limited = await pages.post('/search', { q: freshPhone() }, 'viewer');
  expect(limited.status).toBe(429);
  expect(limited.text).toContain('too_many_searches');
  expect((await pages.post('/search', { q: freshPhone() }, 'support')).status).toBe(303);
});

test('the audit trail masks a phone wherever an entry has it', async () => {
  const details = { 'for +14155550199': WHY, nested: { to: ['+14155550199'] } };
  await pages.context.stores.audit.add({ action: 'replay', by: 'Ann +14155550199', why: WHY, details });
  const text = await asViewer('/audit');
  expect(text).not.toContain('4155550199');
});

test('a reason is no place for a book', async () => {
  const [id = ''] = await putDeadLetters(pages.context, [deadLetterOf({})]);
  const { status, text } = await pages.post(`/dead-letters/${id}/reveal`, { why: 'x'.repeat(1_001) });
  expect([status, text.includes('input_invalid')]).toEqual([400, true]);
  expect(text).not.toContain('Stored content');
});

import { deadLetterOf, putDeadLetters } from '../test-support/dead-letters';
import { startTestConsole, type TestConsole } from '../test-support/test-console';

let pages: TestConsole;
beforeEach(async () => {
  pages = await startTestConsole();
});
afterEach(() => pages.stop());

/** Reads a stream until its text matches. */
async function readUntil(response: Response, pattern: RegExp): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (pattern.test(text)) break;
  }
  return text;
}
const open = (path: string): Promise<Response> =>
  fetch(`${pages.url}${path}`, { headers: pages.headersOf('viewer') });

it('sends the progress of a run until it is over', async () => {
  const { queues } = pages.context.stores;
  await putDeadLetters(pages.context, [deadLetterOf({})]);
  const { id } = await queues.runs.create({ filter: {}, by: 'Ann', why: 'mended' });
  const response = await open(`/live/runs/${id}`);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const reading = readUntil(response, /event: over/);
  await queues.runs.start(id);
  await queues.runs.cancel(id);
  expect(await reading).toMatch(/event: progress\ndata: .*cancelled/s);
});

it('sends the numbers of the overview', async () => {
  const text = await readUntil(await open('/live/overview'), /\n\n/);
  expect(text).toMatch(/^event: numbers\ndata: /);
  expect(text).toContain('in the last hour');
});

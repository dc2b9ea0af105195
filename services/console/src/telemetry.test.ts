import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { ApiTokens } from '@optout-sync/operations';
import { freshSubject, record } from './test-support/people';
import { startTestConsole, type TestConsole } from './test-support/test-console';

const PHONE = '+14155550123';

let pages: TestConsole;
beforeAll(async () => {
  pages = await startTestConsole({ LOG_LEVEL: 'debug' });
});
afterAll(() => pages.stop());

const DEADLINE_MS = 10_000;

/** Waits for it: a line follows its answer. */
async function lineWith(fields: Record<string, unknown>): Promise<Record<string, unknown>> {
  const end = Date.now() + DEADLINE_MS;
  while (Date.now() < end) {
    const found = pages.logLines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find((line) => Object.entries(fields).every(([name, value]) => line[name] === value));
    if (found) return found;
    await setImmediate();
  }
  throw new Error(`no log line with ${JSON.stringify(fields)}`);
}

test('each request has a line at the level debug: the pattern of its route, who asked, how long it took', async () => {
  await pages.get('/opt-outs', 'viewer');
  expect(await lineWith({ route: 'GET /opt-outs' })).toMatchObject({
    ...{ msg: 'request answered', level: 20, part: 'pages', status: 200, by: 'viewer' },
    seconds: expect.any(Number) as number,
  });
  const { stores } = pages.context;
  const token = await new ApiTokens(stores.redis, stores.prefix).add({
    ...{ name: 'crm', scopes: ['optouts:read'], createdAt: Date.now(), by: 'Ann', why: 'a test' },
  });
  await fetch(`${pages.url}/api/v1/optouts/${PHONE}`, { headers: { authorization: `Bearer ${token}` } });
  expect(await lineWith({ route: 'GET /api/v1/optouts/:phone' })).toMatchObject({
    ...{ msg: 'request answered', part: 'api', status: 200, by: 'token:crm' },
  });
});

test('a request of nobody, or of a path that is not there, has one without the path', async () => {
  const unknown = randomUUID();
  await pages.get(`/${unknown}/${PHONE}?q=${PHONE}`);
  expect(await lineWith({ msg: 'request answered', status: 404 })).not.toHaveProperty('route');
  await fetch(`${pages.url}/people/${unknown}`, { redirect: 'manual' });
  expect(await lineWith({ route: 'GET /people/:id', status: 303 })).not.toHaveProperty('by');
  expect(pages.logLines.join('')).not.toContain(unknown);
  expect(pages.logLines.join('')).not.toContain(PHONE.slice(2));
});

test('what a user does has a line at the level info, and what a user only looks for has none', async () => {
  const subject = freshSubject();
  await record(pages.context, subject);
  await pages.post('/search', { q: subject.phone }, 'support');
  const id = pages.context.people.idOf(subject);
  await pages.post(`/people/${id}/reveal`, { why: 'a call' }, 'support');
  await lineWith({ route: 'POST /people/:id/reveal', msg: 'request answered' });
  const acts = pages.logLines.filter((line) => line.includes('a user acted'));
  expect(acts.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { level: 30, by: 'support', route: 'POST /people/:id/reveal' },
  ]);
  expect(pages.logLines.join('')).not.toContain(subject.phone.slice(2));
});

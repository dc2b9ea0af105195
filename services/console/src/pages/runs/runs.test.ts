import { deadLetterOf, damageRun, putDeadLetters } from '../../test-support/dead-letters';
import { startTestConsole, type TestConsole } from '../../test-support/test-console';

let pages: TestConsole;
beforeEach(async () => {
  pages = await startTestConsole();
});
afterEach(() => pages.stop());

const AUTHOR = { by: 'Ann', why: 'mended' };

async function startRun(): Promise<string> {
  const [id = ''] = await putDeadLetters(pages.context, [deadLetterOf({}), deadLetterOf({})]);
  const run = await pages.context.stores.queues.runs.create({ filter: {}, ...AUTHOR });
  expect(id).not.toBe('');
  return run.id;
}

describe('the list of runs', () => {
  it('has replays, backfills, imports and sweeps, each with its state', async () => {
    const { operatorRuns, passes } = pages.context.stores;
    const replay = await startRun();
    const backfill = await operatorRuns.begin('backfill', AUTHOR, { accounts: ['AC1'], since: 0 });
    const imported = await operatorRuns.begin('import', AUTHOR, { file: 'a.csv', workspace: 'default' });
    await imported.end('ended');
    await passes.request('default', { mode: 'report', by: 'Ann' });
    const { status, text } = await pages.get('/runs', 'viewer');
    expect(status).toBe(200);
    for (const id of [replay, backfill.id, imported.id, 'pass.default'])
      expect(text).toContain(`/runs/${id}"`);
    const filtered = (await pages.get('/runs?kind=import')).text;
    expect(filtered).toContain(imported.id);
    expect(filtered).not.toContain(backfill.id);
    await backfill.end('stopped');
    expect((await pages.get(`/runs/${backfill.id}`)).text).toContain('stopped');
  });

  it('goes from page to page without missing or repeating one', async () => {
    const { queues, operatorRuns } = pages.context.stores;
    const created: string[] = [];
    for (let n = 0; n < 70; n++) created.push((await queues.runs.create({ filter: {}, ...AUTHOR })).id);
    const backfill = await operatorRuns.begin('backfill', AUTHOR, {});
    await backfill.end('ended');
    const seen: string[] = [];
    let path: string | undefined = '/runs';
    while (path !== undefined) {
      const { text } = await pages.get(path);
      seen.push(...[...text.matchAll(/\/runs\/((?:run|backfill)-\w+)"/g)].map(([, id = '']) => id));
      path = /<a href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    }
    expect(seen.sort()).toEqual([...created, backfill.id].sort());
    expect((await pages.get('/runs?cursor=(inf')).text).toContain('cursor_invalid');
  });
});

describe('one run', () => {
  it('shows why dead letters were not replayed, and what is hostile harmlessly', async () => {
    const id = await startRun();
    await damageRun(pages.context, id, {
      why: '\u202e<script>window.attacked = true</script>',
      'outcome:<b>': '3',
    });
    const { redis, prefix } = pages.context.stores;
    await redis.hset(`${prefix}:{dlq}:run:${id}:kept`, { 'dl-1': '<script>window.attacked = true</script>' });
    const { status, text } = await pages.get(`/runs/${id}`);
    expect(status).toBe(200);
    expect(text).toContain('dl-1');
    expect(text).not.toMatch(/<script>window|\u202e|<b>3/);
  });

  it('of a newer release, damaged or unknown is an error with a code, and does not hide the others', async () => {
    const [good, newer] = [await startRun(), await startRun()];
    await damageRun(pages.context, newer, { filter: '{"not' });
    const damaged = await pages.get(`/runs/${newer}`);
    expect([damaged.status, damaged.text.includes('run_unsupported')]).toEqual([409, true]);
    const list = await pages.get('/runs');
    expect([list.status, list.text.includes(good), list.text.includes(newer)]).toEqual([200, true, false]);
    for (const unknown of [
      'run-none',
      'pass.none',
      'sweep.default',
      'x',
      `run-${'a'.repeat(900)}`,
      '%3Cb%3E',
    ]) {
      const { status, text } = await pages.get(`/runs/${unknown}`);
      expect([unknown, status, text.includes('run_not_found')]).toEqual([unknown, 404, true]);
    }
  });
});

describe('cancelling', () => {
  it('ends a replay, with who and why in the audit trail, and once', async () => {
    const id = await startRun();
    expect((await pages.post(`/runs/${id}/cancel`, { why: 'wrong filter' })).location).toBe(`/runs/${id}`);
    const { queues, audit } = pages.context.stores;
    expect((await queues.runs.get(id))?.state).toBe('cancelled');
    expect((await audit.list({ limit: 1 })).entries).toMatchObject([
      { action: 'replay_cancel', by: 'operator', why: 'wrong filter' },
    ]);
    const again = await pages.post(`/runs/${id}/cancel`, { why: 'again' });
    expect([again.status, again.text.includes('run_over')]).toEqual([409, true]);
  });

  it('asks the process of a backfill to end it', async () => {
    const { operatorRuns, audit } = pages.context.stores;
    const backfill = await operatorRuns.begin('backfill', AUTHOR, {});
    expect((await pages.post(`/runs/${backfill.id}/cancel`, { why: 'enough' })).status).toBe(303);
    await new Promise((resolve) => {
      if (backfill.cancelled.aborted) resolve(undefined);
      else backfill.cancelled.addEventListener('abort', resolve);
    });
    await backfill.end('stopped');
    expect((await operatorRuns.get(backfill.id))?.state).toBe('stopped');
    expect((await audit.list({ limit: 1 })).entries).toMatchObject([
      { action: 'run_cancel', details: { run: backfill.id } },
    ]);
  });

  it('ends a comparison that was asked for', async () => {
    const { passes } = pages.context.stores;
    await passes.request('default', { mode: 'report', by: 'Ann' });
    expect((await pages.post('/runs/pass.default/cancel', { why: 'enough' })).status).toBe(303);
    expect((await passes.read('default'))?.state).toBe('cancelled');
  });
});

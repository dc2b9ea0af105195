import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { JobError } from '@optout-sync/shared/domain';
import { E164 } from '@optout-sync/shared/domain';
import { AppApi } from './app-api';
import { harmlessSearch, regionRequest } from './harmless-requests';
import { createLookup } from './lookup';
import {
  startAnsweringServer,
  type AnsweringServer,
  type CannedAnswer,
} from './test-support/answering-server';
import { guardedApi, type GuardedApi } from './test-support/guarded-api';
import { createEventWriter, createWriter } from './track-api';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const OWN_400: CannedAnswer = { status: 400, body: { errors: [{ detail: 'bad', status: '400' }] } };
const OWN_404: CannedAnswer = { status: 404, body: { meta: { error: 'not found' } } };
const HTML_404: CannedAnswer = { status: 404, body: '<html>no such page</html>' };
const NOBODY: CannedAnswer = { status: 200, body: { identifiers: null, ids: null, next: '' } };
const BATCH_PATH = '/api/v2/batch';

let server: AnsweringServer;
let track: GuardedApi;
let app: GuardedApi;
const common = () => ({ redis, baseUrl: server.url, times: { probeMs: 100, blockedProbeMs: 300 } });
beforeEach(async () => {
  server = await startAnsweringServer();
  track = guardedApi({ ...common(), harmless: regionRequest });
  app = guardedApi({ ...common(), harmless: harmlessSearch('phone') });
});
afterEach(async () => {
  track.close();
  app.close();
  await server.stop();
});

const codeOf = (sent: Promise<unknown>): Promise<string> =>
  sent.then(
    () => 'done',
    (error: unknown) => `${(error as JobError).kind} ${(error as JobError).code}`,
  );
const REJECTED = 'rejected customerio_refused';
const PAUSED = 'misconfigured customerio_operation_refused';
const REGION: CannedAnswer = { status: 200, body: { region: 'us' } };
const writeAll = (count: number): Promise<string>[] => {
  const write = createWriter(track.client);
  return Array.from({ length: count }, (_, n) =>
    codeOf(write({ identifier: { cio_id: `a${String(n)}` }, attributes: { x: true }, timestamp: 1 })),
  );
};
const unique = async (results: readonly Promise<string>[]): Promise<string[]> => [
  ...new Set(await Promise.all(results)),
];

describe('a rejection of everything', () => {
  it.each([
    [1, 2],
    [2, 3],
    [300, 3],
  ])('costs %i writes together %i requests until the operation is paused', async (count, requests) => {
    server.answer(OWN_404);
    expect(await unique(writeAll(count))).toEqual([PAUSED]);
    expect(server.paths).toHaveLength(requests);
    expect(track.states).toEqual(['batch blocked']);
  });

  it('costs one request when it is not in the form of Customer.io', async () => {
    server.answer(HTML_404);
    expect(await unique(writeAll(300))).toEqual([PAUSED]);
    expect(server.paths).toEqual([BATCH_PATH]);
  });

  it('costs no more for many searches at once', async () => {
    server.answer(() => (server.paths.length <= 3 ? OWN_404 : NOBODY));
    const lookup = createLookup(app.client, new AppApi(app.client), {
      phoneAttribute: 'phone',
      phoneFormats: ['e164'],
      lookupBatch: 100,
    });
    const waiting = Array.from({ length: 1_000 }, (_, n) =>
      codeOf(lookup(E164.parse(`+1415${String(5_550_000 + n)}`))),
    );
    const results = await Promise.all(waiting);
    expect(results.filter((code) => code === 'done').length).toBeGreaterThan(800);
    expect(new Set(results)).toEqual(new Set(['done', PAUSED]));
    expect(app.states).toEqual(['search blocked', 'search closed']);
  });

  it('is probed at the longer interval, by one request with the harmless one', async () => {
    server.answer(OWN_404);
    const startedAt = performance.now();
    await unique(writeAll(10));
    expect(await unique(writeAll(1))).toEqual([PAUSED]);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(250);
    expect(server.paths).toHaveLength(5);
    server.answer({ status: 200, body: {} });
    expect(await unique(writeAll(1))).toEqual(['done']);
    expect(track.states).toEqual(['batch blocked', 'batch closed']);
  });

  it('pauses one operation and leaves the others of the API', async () => {
    server.answer((path) => (path.includes('/optouts') ? HTML_404 : NOBODY));
    const api = new AppApi(app.client);
    expect(await codeOf(api.setOptOuts('a', []))).toBe(PAUSED);
    expect(await api.findPeople('phone', ['+1'])).toEqual([]);
    expect(app.states).toEqual(['optouts blocked']);
  });

  it('by 403 pauses its operation, by 401 the API', async () => {
    server.answer((path) => (path.includes('/optouts') ? { status: 403 } : NOBODY));
    const api = new AppApi(app.client);
    expect(await codeOf(api.setOptOuts('a', []))).toBe('misconfigured customerio_unauthorized');
    expect(await api.findPeople('phone', ['+1'])).toEqual([]);
    server.answer({ status: 401 });
    expect(await codeOf(api.findPeople('phone', ['+1']))).toBe('misconfigured customerio_unauthorized');
    expect(app.states).toEqual(['optouts blocked', 'api blocked']);
  });
});

describe('an optional operation', () => {
  const UNAVAILABLE: CannedAnswer = { status: 503 };
  const optOut = (): Promise<string> => codeOf(new AppApi(app.client).setOptOuts('a', []));
  const search = (): Promise<string> => codeOf(new AppApi(app.client).findPeople('phone', ['+1']));
  const event = (): Promise<string> => {
    const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
    const write = createEventWriter(track.client, { slot: { lane: 'background' } });
    return codeOf(write({ cioId: 'a', id, name: 'x', timestamp: 1, attributes: {} }));
  };

  it.each([
    ['events', event, () => track],
    ['optouts', optOut, () => app],
  ])('that fails, as %s, opens its own circuit and not that of its API', async (operation, send, api) => {
    server.answer(UNAVAILABLE);
    for (let n = 0; n < 5; n++) expect(await send()).toBe('transient customerio_server_error');
    expect(await send()).toBe('outage customerio_server_error');
    expect(api().states).toEqual([`${operation} open`]);
  });

  it.each([503, 401])('that is answered %i by itself lets all others of its API pass', async (status) => {
    server.answer((path) => (path.includes('/optouts') ? { status } : NOBODY));
    for (let n = 0; n < 5; n++) await optOut();
    const waiting = optOut();
    for (let n = 0; n < 5; n++) expect(await search()).toBe('done');
    server.answer({ status: 200, body: {} });
    // A slow machine may have probed before.
    await waiting;
    expect(await optOut()).toBe('done');
    expect(app.states.filter((state) => state.startsWith('api'))).toEqual([]);
  });

  it('does not probe an API that is down, and waits for it', async () => {
    app.close();
    const { times, ...rest } = common();
    const harmless = harmlessSearch('phone');
    app = guardedApi({ ...rest, harmless, times: { ...times, idleMs: 50 }, hasJob: false });
    server.answer(UNAVAILABLE);
    for (let n = 0; n < 5; n++) await search();
    expect(app.states).toEqual(['api open']);
    const before = server.paths.length;
    const waiting = optOut();
    await waitFor(() => server.paths.length > before, { what: 'a probe' });
    server.answer((path) => (path.includes('/optouts') ? { status: 200, body: {} } : NOBODY));
    expect(await waiting).toBe('done');
    const [last, ...probes] = server.paths.slice(before).reverse();
    expect(last).toContain('/optouts');
    expect(new Set(probes)).toEqual(new Set(['/v1/customers?limit=1']));
    expect(app.states).toEqual(['api open', 'api closed']);
  });
});

describe('a rejection of one item', () => {
  it('is the item’s own when a harmless request is answered', async () => {
    server.answer((path) => (path === BATCH_PATH ? OWN_400 : REGION));
    expect(await unique(writeAll(1))).toEqual([REJECTED]);
    expect(server.paths).toEqual([BATCH_PATH, regionRequest.path]);
    expect(track.states).toEqual([]);
  });

  it('lets the other half of a batch decide, without a harmless request before', async () => {
    let requests = 0;
    server.answer((path) => {
      if (path !== BATCH_PATH) return REGION;
      requests += 1;
      // The whole, the second half, and the second item of it.
      return [1, 3, 5].includes(requests) ? OWN_400 : { status: 200, body: {} };
    });
    expect(await Promise.all(writeAll(4))).toEqual(['done', 'done', 'done', REJECTED]);
    expect(server.paths.slice(0, 5).every((path) => path === BATCH_PATH)).toBe(true);
    expect(server.paths).toHaveLength(6);
  });

  it('is not decided while the harmless request is not answered', async () => {
    server.answer((path) => (path === BATCH_PATH ? OWN_400 : { status: 503 }));
    expect(await unique(writeAll(5))).toEqual(['transient customerio_server_error']);
    expect(track.states).toEqual([]);
  });

  it('that is too large for a proxy is found in halves, whatever form the rejection has', async () => {
    let requests = 0;
    server.answer(() => (++requests === 1 ? { status: 413, body: '<html>' } : { status: 200, body: {} }));
    expect(await unique(writeAll(4))).toEqual(['done']);
  });

  it('of a person who no longer exists is done', async () => {
    server.answer((path) => (path.includes('/optouts') ? OWN_404 : NOBODY));
    await new AppApi(app.client).setOptOuts('a', []);
    expect(app.states).toEqual([]);
  });
});

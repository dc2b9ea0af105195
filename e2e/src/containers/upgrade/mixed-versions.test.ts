import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import { Ledger } from '@optout-sync/shared/ledger';
import { addressOf, composeWith, containerOf, docker, healthy, inspect } from '../support/compose';
import { Conversations, sendInvalid } from './conversations';

// .ci/images builds the images of both releases, and has brought up two ingests behind a proxy and two workers, all of the last one.
jest.setTimeout(600_000);

const PROJECT = process.env.COMPOSE_PROJECT_NAME ?? '';
const LAST = process.env.LAST_RELEASE ?? '';
const NEW = (
  JSON.parse(readFileSync(join(__dirname, '../../../../package.json'), 'utf8')) as { version: string }
).version;
const INGESTS = ['ingest', 'ingest-2'] as const;
const WORKERS = ['worker', 'worker-2'] as const;
type Service = (typeof INGESTS)[number] | (typeof WORKERS)[number];
type Release = 'last' | 'new';
const ADMIN_PORT = { ingest: 9101, worker: 9102 };

const repositoryOf = (service: Service) => (service.startsWith('ingest') ? 'ingest' : 'worker');
const imageOf = (service: Service, release: Release): string =>
  `${PROJECT}/${repositoryOf(service)}${release === 'last' ? `:${LAST}` : ''}`;

let people: Conversations;
let proxy: string;
let redis: Redis;
let jobs: JobStores;
beforeAll(async () => {
  await Promise.all(['redis', 'sandbox', ...INGESTS, ...WORKERS].map(healthy));
  people = new Conversations(await addressOf('sandbox', 8091));
  proxy = await addressOf('proxy', 8080);
  redis = new Redis(`${(await addressOf('redis', 6379)).replace('http:', 'redis:')}`, {
    password: 'optout-sync',
    maxRetriesPerRequest: null,
  });
  jobs = openJobStores(redis, 'optout');
});
afterAll(() => {
  redis.disconnect();
});

/** Replaces the containers one by one. */
async function replace(services: readonly Service[], release: Release): Promise<void> {
  for (const service of services) {
    await start(service, release);
    await healthy(service);
  }
}

const start = (service: Service, release: Release): Promise<string> =>
  composeWith(
    { [`${service.toUpperCase().replace('-', '_')}_IMAGE`]: imageOf(service, release) },
    'up',
    '-d',
    '--no-deps',
    '--no-build',
    service,
  );

/** Replaces services while people text, then has everything of that time delivered again. */
async function replaceUnderTraffic(services: readonly Service[], release: Release): Promise<void> {
  expect(await people.whilst(proxy, () => replace(services, release))).toEqual([]);
  await people.settled();
  expect(await people.again(proxy)).toEqual([]);
}

/** Conversations of every kind, after the last replacement. */
async function textOnceMore(): Promise<void> {
  for (const n of [0, 1, 2, 3]) expect(await people.one(proxy, n)).toEqual([]);
}

/** What `optout_build_info` says. */
async function versionOf(service: Service): Promise<string | undefined> {
  const script = `fetch('http://127.0.0.1:${String(ADMIN_PORT[repositoryOf(service)])}/metrics').then((r) => r.text()).then(console.log)`;
  const metrics = await docker('exec', await containerOf(service), 'node', '-e', script);
  return /^optout_build_info\{.*version="([^"]+)"/m.exec(metrics)?.[1];
}

const newCommand = (...args: readonly string[]): Promise<string> =>
  composeWith(
    { WORKER_IMAGE: imageOf('worker', 'new') },
    ...['run', '--rm', '--no-deps', '-T', 'worker', 'optout-sync', ...args],
  );
/** The command of the last release, in a container of its own. */
const lastCommand = (...args: readonly string[]): Promise<string> =>
  composeWith(
    { WORKER_IMAGE: imageOf('worker', 'last') },
    ...['run', '--rm', '--no-deps', '-T', 'worker', 'node', 'packages/cli/dist/main.js', ...args],
  );

const BY = ['--yes', '--by', 'Ann', '--why', 'upgraded'];

describe(`the release ${LAST} and the new one, ${NEW}`, () => {
  it('have different versions', () => {
    expect(LAST).not.toBe(NEW);
  });

  it('apply what people text while the last one runs alone', async () => {
    await textOnceMore();
    expect(await sendInvalid(proxy)).toBe(200);
    await people.settled();
    expect(await people.again(proxy)).toEqual([]);
  });

  it.each(WORKERS)('work together when %s is replaced', async (worker) => {
    await replaceUnderTraffic([worker], 'new');
  });

  it('keep the spool of the last one, which the new one reads', async () => {
    const ingest = await addressOf('ingest', 8080);
    await docker('pause', await containerOf('redis'));
    try {
      for (const n of [0, 1, 3]) expect(await people.one(ingest, n)).toEqual([]);
      await start('ingest', 'new');
    } finally {
      await docker('unpause', await containerOf('redis'));
    }
    await healthy('ingest');
    await people.settled();
  });

  it('work together when the other ingest is replaced', async () => {
    await replaceUnderTraffic(['ingest-2'], 'new');
  });

  it('apply what people text while the new one runs alone', async () => {
    await textOnceMore();
    await people.settled();
    for (const service of [...INGESTS, ...WORKERS]) expect(await versionOf(service)).toBe(NEW);
  });

  it('show the dead letters of the last one, and replay none into anything else', async () => {
    const list = JSON.parse(await newCommand('dlq', 'list', '--json')) as { letters: { stage: string }[] };
    expect(list.letters.map(({ stage }) => stage)).toEqual(['ingest']);
  });

  it('go back: first the ingests, then the workers', async () => {
    await replaceUnderTraffic(INGESTS, 'last');
    await replaceUnderTraffic(WORKERS, 'last');
    await textOnceMore();
    await people.settled();
    expect(await lastCommand('dlq', 'list')).toMatch(/ingest/);
    for (const service of WORKERS) expect(await versionOf(service)).not.toBe(NEW);
  });

  it('lose nothing in the other order, ingests first: what an old worker does not read waits for the new command', async () => {
    expect(await people.whilst(proxy, () => replace([...INGESTS, ...WORKERS], 'new'))).toEqual([]);
    const replay = ['dlq', 'replay', '--stage', 'record', '--code', 'event_version_unknown', ...BY];
    await people.settled(() => newCommand(...replay));
    expect(await people.again(proxy)).toEqual([]);
    await textOnceMore();
    await people.settled();
  });
});

describe('in the end', () => {
  it('every message is in the ledger once, and none besides', async () => {
    const ledger = new Ledger(redis, { prefix: 'optout' });
    const recorded = await Promise.all(
      people.people.map(({ phone }) =>
        ledger.readWhole({ workspace: 'default', channel: 'sms', phone: phone as never }),
      ),
    );
    const sids = recorded.map((entry) => entry?.history.map(({ messageSid }) => messageSid).sort());
    expect(sids).toEqual(people.people.map(({ sids }) => [...sids].sort()));
    expect(recorded.filter((entry) => entry?.appliedVersion !== entry?.version)).toEqual([]);
    expect(people.people.length).toBeGreaterThan(50);
  });

  it('nobody was created, and only the invalid message is a dead letter', async () => {
    expect(await people.created()).toEqual([]);
    expect(await jobs.deadLetters.size()).toMatchObject({ count: 1 });
  });

  it('no container was killed for its memory', async () => {
    for (const service of [...INGESTS, ...WORKERS])
      expect(await inspect<boolean>(service, '.State.OOMKilled')).toBe(false);
  });
});

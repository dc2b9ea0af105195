import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import { E164 } from '@optout-sync/shared/domain';
import { Ledger } from '@optout-sync/shared/ledger';
import { connectRedis } from '@optout-sync/shared/redis';
import { formOfKey } from '@optout-sync/shared/stored-forms';
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
const NEW_BUILD = `${NEW} ${process.env.COMMIT ?? ''}`;

interface DeadLetters {
  readonly letters: readonly { readonly letter: { readonly stage: string } }[];
}
interface Audit {
  readonly entries: readonly { readonly action: string }[];
}

const PREFIX = 'optout';
const ADMIN_PORT = { ingest: 9101, worker: 9102 };

const repositoryOf = (service: Service) => (service.startsWith('ingest') ? 'ingest' : 'worker');
const imageOf = (service: Service, release: Release): string =>
  `${PROJECT}/${repositoryOf(service)}${release === 'last' ? `:${LAST}` : ''}`;

let people: Conversations;
let proxy: string;
let redis: ReturnType<typeof connectRedis>;
let jobs: JobStores;
beforeAll(async () => {
  await Promise.all(['redis', 'sandbox', ...INGESTS, ...WORKERS].map(healthy));
  people = new Conversations(await addressOf('sandbox', 8091));
  proxy = await addressOf('proxy', 8080);
  const { host } = new URL(await addressOf('redis', 6379));
  const url = `redis://:optout-sync@${host}`;
  redis = connectRedis({ mode: 'standalone', prefix: PREFIX, url }, 'store', () => undefined);
  jobs = openJobStores(redis, PREFIX);
});
afterAll(() => {
  redis.disconnect();
});

/** Replaces the containers one by one. After each of them people text to both releases side by side. */
async function replace(services: readonly Service[], release: Release): Promise<void> {
  for (const service of services) {
    await start(service, release);
    await healthy(service);
    for (let round = 0; round < 3; round++) await textOnceMore();
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

/** Conversations of every kind. */
async function textOnceMore(): Promise<void> {
  for (const n of [0, 1, 2, 3]) expect(await people.one(proxy, n)).toEqual([]);
}

/** The releases that run, of all services, by `optout_build_info`; the first release has no such metric. */
async function runningReleases(): Promise<(string | undefined)[]> {
  const found = await Promise.all(
    [...INGESTS, ...WORKERS].map(async (service) => {
      const url = `http://127.0.0.1:${String(ADMIN_PORT[repositoryOf(service)])}/metrics`;
      const script = `fetch('${url}').then((response) => response.text()).then(console.log)`;
      const metrics = await docker('exec', await containerOf(service), 'node', '-e', script);
      return /^optout_build_info\{.*version="([^"]+)".*commit="([^"]+)"/m.exec(metrics)?.slice(1).join(' ');
    }),
  );
  return [...new Set(found)];
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

const BY = ['--by', 'Ann', '--why', 'an upgrade'];
const SENDER = ['--sender', '+15005550006'];

describe(`the release ${LAST} and the new one, ${NEW}`, () => {
  it('apply what people text while the last one runs alone', async () => {
    await textOnceMore();
    expect(await sendInvalid(proxy)).toBe(200);
    await lastCommand('optouts', 'add', await people.overridden(), ...SENDER, ...BY, '--yes');
    await people.settled();
    expect(await people.again(proxy)).toEqual([]);
    expect(await runningReleases()).not.toContain(NEW_BUILD);
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

  it('apply what people text while the new one runs alone, which shows what the last one stored', async () => {
    await textOnceMore();
    await newCommand('optouts', 'add', await people.overridden(), ...SENDER, ...BY, '--yes');
    await people.settled();
    expect(await runningReleases()).toEqual([NEW_BUILD]);
    const { letters } = JSON.parse(await newCommand('dlq', 'list', '--json')) as DeadLetters;
    expect(letters.map(({ letter }) => letter.stage)).toEqual(['ingest']);
    const { entries } = JSON.parse(await newCommand('audit', '--json')) as Audit;
    expect(entries.map(({ action }) => action)).toEqual(['override', 'override']);
  });

  it('go back: first the ingests, then the workers, which show what the new one stored', async () => {
    await replaceUnderTraffic(INGESTS, 'last');
    await replaceUnderTraffic(WORKERS, 'last');
    await textOnceMore();
    await people.settled();
    expect(await runningReleases()).not.toContain(NEW_BUILD);
    expect(await lastCommand('dlq', 'list')).toMatch(/ingest/);
    expect((await lastCommand('audit')).match(/override/g)).toHaveLength(2);
  });

  it('lose nothing in the other order, ingests first: what an old worker does not read waits for the new command', async () => {
    expect(await people.whilst(proxy, () => replace([...INGESTS, ...WORKERS], 'new'))).toEqual([]);
    const unknown = ['--stage', 'record', '--code', 'event_version_unknown'];
    await people.settled(() => newCommand('dlq', 'replay', ...unknown, ...BY, '--yes'));
    expect(await people.again(proxy)).toEqual([]);
    await textOnceMore();
    await people.settled();
  });
});

describe('in the end', () => {
  it('every message is in the ledger once, and none besides', async () => {
    const ledger = new Ledger(redis, { prefix: PREFIX });
    for (const { phone, sids } of people.people) {
      const entry = await ledger.readWhole({
        workspace: 'default',
        channel: 'sms',
        phone: E164.parse(phone),
      });
      const recorded = entry?.history.map(({ messageSid }) => messageSid) ?? [];
      expect([...recorded].sort()).toEqual(sids ? [...sids].sort() : [expect.any(String)]);
      expect(entry?.appliedVersion).toBe(entry?.version);
    }
    expect(people.people.length).toBeGreaterThan(100);
  });

  it('every key is of a form that docs/upgrade.md lists', async () => {
    const keys = await redis.keys('*');
    expect(keys.filter((key) => !formOfKey(key, PREFIX))).toEqual([]);
  });

  it('nobody was created, and only the invalid message is a dead letter', async () => {
    expect(await people.created()).toEqual([]);
    expect(await jobs.deadLetters.size()).toMatchObject({ count: 1 });
  });

  it.each([...INGESTS, ...WORKERS])('%s was not killed for its memory', async (service) => {
    expect(await inspect<boolean>(service, '.State.OOMKilled')).toBe(false);
  });
});

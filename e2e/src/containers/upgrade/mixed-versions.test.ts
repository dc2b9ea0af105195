import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import { E164 } from '@optout-sync/shared/domain';
import { Ledger, type LedgerEntry } from '@optout-sync/shared/ledger';
import { connectRedis } from '@optout-sync/shared/redis';
import { formOfKey } from '@optout-sync/shared/stored-forms';
import { addressOf, containerOf, docker, healthy, inspect } from '../support/compose';
import { Conversations, KINDS } from './conversations';
import { sendInvalid } from './deliveries';
import { eventDifferences } from './event-differences';
import { evidenceDifferences } from './evidence-differences';
import { stoppedSenders } from './expected-consent';
import { ledgerDifferences } from './ledger-differences';
import { noneOf } from './none-of';
import { INGESTS, LAST, NEW, NEW_BUILD, Releases, WORKERS, lastCommand, runningReleases } from './releases';
import type { Release, Service } from './releases';
import type { Person } from './said';

// .ci/images builds the images of both releases, and has brought up two ingests behind a proxy and two workers, all of the last one.
jest.setTimeout(600_000);

interface DeadLetters {
  readonly letters: readonly { readonly letter: { readonly stage: string } }[];
}
interface Audit {
  readonly entries: readonly { readonly action: string }[];
}

const PREFIX = 'optout';
const { TWILIO_ACCOUNT_SID = '' } = process.env;

let releases: Releases;
let people: Conversations;
let proxy: string;
let redis: ReturnType<typeof connectRedis>;
let jobs: JobStores;
let ledger: Ledger;
beforeAll(async () => {
  await Promise.all(['redis', 'sandbox', ...INGESTS, ...WORKERS].map(healthy));
  releases = await Releases.open();
  people = new Conversations(await addressOf('sandbox', 8091), releases.linkKey);
  proxy = await addressOf('proxy', 8080);
  const { host } = new URL(await addressOf('redis', 6379));
  const url = `redis://:optout-sync@${host}`;
  redis = connectRedis({ mode: 'standalone', prefix: PREFIX, url }, 'store', () => undefined);
  jobs = openJobStores(redis, PREFIX);
  ledger = new Ledger(redis, { prefix: PREFIX });
});
afterAll(async () => {
  redis.disconnect();
  await releases.twilio.stop();
});

const entryOf = ({ phone }: Person): Promise<LedgerEntry | undefined> =>
  ledger.readWhole({ workspace: 'default', channel: 'sms', phone: E164.parse(phone) });

/** What the function returns for everybody who spoke and their ledger entry. */
async function ofEverybody(
  differences: (
    person: Person,
    entry: LedgerEntry | undefined,
  ) => readonly string[] | Promise<readonly string[]>,
): Promise<string[]> {
  const all = people.people.map(async (person) => differences(person, await entryOf(person)));
  return (await Promise.all(all)).flat();
}

/** Waits until Customer.io has the last word of everybody, and nothing waits that a new worker has to write besides. */
async function settled(meanwhile?: () => Promise<unknown>): Promise<void> {
  await people.settled(meanwhile);
  const open = ({ phone, workers }: Person, entry: LedgerEntry | undefined): string[] => {
    const { events, twilio_consents } = entry?.destinations ?? {};
    const held = [entry, ...(workers === 'new' ? [events, twilio_consents] : [])];
    const waits = held.some((one) => one?.appliedVersion !== (entry?.version ?? 0));
    return waits ? [`${phone} waits for version ${String(entry?.version)}`] : [];
  };
  expect(await noneOf(() => ofEverybody(open))).toEqual([]);
}

/** Replaces the containers one by one. After each of them people text to both releases side by side. */
async function replace(services: readonly Service[], release: Release): Promise<void> {
  for (const service of services) {
    await releases.start(service, release);
    await healthy(service);
    for (let round = 0; round < 2; round++) await textOnceMore();
  }
}

/** Replaces services while people text, then has everything of that time delivered again. */
async function replaceUnderTraffic(services: readonly Service[], release: Release): Promise<void> {
  expect(await people.whilst(proxy, () => replace(services, release))).toEqual([]);
  await settled();
  expect(await people.again(proxy)).toEqual([]);
}

/** Conversations of every kind. */
async function textOnceMore(): Promise<void> {
  for (let n = 0; n < KINDS; n++) expect(await people.one(proxy, n)).toEqual([]);
}

const BY = ['--by', 'Ann', '--why', 'an upgrade'];
const NUMBER = '+15005550006';
const toOptOut = (phone: string): string[] => ['optouts', 'add', phone, '--sender', NUMBER, ...BY, '--yes'];

/** The command of the last release reads everybody's state as they said it. */
async function expectLastReadsAll(): Promise<void> {
  const listed = await Promise.all(
    ['stopped', 'started'].map((state) => lastCommand('optouts', 'list', '--all', '--state', state)),
  );
  const rows = listed.flatMap((text) => text.split('\n').filter((line) => line.startsWith('{')));
  const found = rows.map(
    (row) => JSON.parse(row) as { phone: string; state: string; stoppedSenders: string[] },
  );
  const told = found.map(({ phone, state, stoppedSenders: of }) =>
    [phone, state, of.toSorted().join(' ')].join(' '),
  );
  const expected = people.people.map((person) => {
    const of = stoppedSenders(person);
    return [person.phone, of.length > 0 ? 'stopped' : 'started', of.toSorted().join(' ')].join(' ');
  });
  expect(told.toSorted()).toEqual(expected.toSorted());
}

describe(`the release ${LAST} and the new one, ${NEW}`, () => {
  it('apply what people text while the last one runs alone', async () => {
    await textOnceMore();
    expect(await sendInvalid(proxy)).toBe(200);
    await people.overridden(NUMBER, (phone) => lastCommand(...toOptOut(phone)));
    await settled();
    expect(await people.again(proxy)).toEqual([]);
    expect(await runningReleases()).not.toContain(NEW_BUILD);
  });

  it.each(WORKERS)('work together when %s is replaced', async (worker) => {
    people.workers = 'mixed';
    await replaceUnderTraffic([worker], 'new');
  });

  it('keep the spool of the last one, which the new one reads', async () => {
    people.workers = 'new';
    const ingest = await addressOf('ingest', 8080);
    await docker('pause', await containerOf('redis'));
    try {
      for (const n of [0, 1, KINDS - 1]) expect(await people.one(ingest, n)).toEqual([]);
      await releases.start('ingest', 'new');
    } finally {
      await docker('unpause', await containerOf('redis'));
    }
    await healthy('ingest');
    await settled();
  });

  it('work together when the other ingest is replaced', async () => {
    await replaceUnderTraffic(['ingest-2'], 'new');
  });

  it('apply what people say while the new one runs alone, which shows what the last one stored', async () => {
    await textOnceMore();
    expect(await people.untexted(proxy)).toEqual([]);
    await people.overridden(NUMBER, (phone) => releases.newCommand(...toOptOut(phone)));
    await settled();
    expect(await runningReleases()).toEqual([NEW_BUILD]);
    const { letters } = JSON.parse(await releases.newCommand('dlq', 'list', '--json')) as DeadLetters;
    expect(letters.map(({ letter }) => letter.stage)).toEqual(['ingest']);
    const { entries } = JSON.parse(await releases.newCommand('audit', '--json')) as Audit;
    expect(entries.map(({ action }) => action)).toEqual(['override', 'override']);
  });

  it('go back: first the ingests, then the workers, which show what the new one stored', async () => {
    await replaceUnderTraffic(INGESTS, 'last');
    people.workers = 'mixed';
    await replaceUnderTraffic(WORKERS, 'last');
    people.workers = 'last';
    await textOnceMore();
    await settled();
    expect(await runningReleases()).not.toContain(NEW_BUILD);
    expect(await lastCommand('dlq', 'list')).toMatch(/ingest/);
    expect((await lastCommand('audit')).match(/override/g)).toHaveLength(2);
    await expectLastReadsAll();
  });

  it('lose nothing in the other order, ingests first: what an old worker does not read waits for the new command', async () => {
    people.workers = 'mixed';
    // What a new worker has for Twilio waits while one of the last release works beside it.
    releases.twilio.behave({ failure: { status: 503 } });
    const inOtherOrder = async (): Promise<void> => {
      await replace(INGESTS, 'new');
      expect(await people.untexted(proxy)).toEqual([]);
      await replace(['worker'], 'new');
      expect(await people.untexted(proxy)).toEqual([]);
      await replace(['worker-2'], 'new');
    };
    expect(await people.whilst(proxy, inOtherOrder)).toEqual([]);
    releases.twilio.behave();
    const unknown = ['--stage', 'record', '--code', 'event_version_unknown'];
    await settled(() => releases.newCommand('dlq', 'replay', ...unknown, ...BY, '--yes'));
    expect(await people.again(proxy)).toEqual([]);
    people.workers = 'new';
    await textOnceMore();
    await settled();
  });
});

describe('in the end', () => {
  it('the ledger has what everybody said to each sender, in that order, and since when it holds', async () => {
    expect(await noneOf(() => ofEverybody(ledgerDifferences))).toEqual([]);
    expect(people.people.length).toBeGreaterThan(150);
  });

  it('every profile has the state of its person', async () => {
    expect(await noneOf(() => people.profileDifferences())).toEqual([]);
  });

  it('the command of the last release reads what the new one stored', async () => {
    await expectLastReadsAll();
  });

  it('everything that a new worker applied is an event at Customer.io, once', async () => {
    const workspace = people.sandbox.workspace();
    const differences = async (person: Person, entry: LedgerEntry | undefined) =>
      eventDifferences(person, entry, await workspace.events(person.cioId));
    expect(await noneOf(() => ofEverybody(differences))).toEqual([]);
    const besideLast = await ofEverybody(({ phone, workers }, entry) =>
      workers === 'mixed' && entry?.destinations?.events ? [phone] : [],
    );
    expect(besideLast.length).toBeGreaterThan(10);
  });

  it('profiles have the reason and the time of what new workers applied alone', async () => {
    const profiles = await people.sandbox.workspace().people();
    const attributes = new Map(profiles.map((one) => [one.cioId, one.attributes]));
    const wrong = people.people.map((person) =>
      evidenceDifferences(person, attributes.get(person.cioId) ?? {}),
    );
    expect(wrong.flat()).toEqual([]);
  });

  it("Twilio's own list has what a new worker applied and Twilio did not block itself, and nothing else", async () => {
    const { consents } = releases.twilio.account(TWILIO_ACCOUNT_SID);
    const differences = async (): Promise<string[]> => {
      const expected = await ofEverybody(({ phone, said }, entry) => {
        const untexted = entry?.destinations?.twilio_consents
          ? said.filter(({ reason }) => reason !== 'message')
          : [];
        return untexted.map(({ sender }) => `${sender} ${phone} opt-out`);
      });
      const found = [...consents].map(([key, { status }]) => `${key} ${status}`);
      const missing = expected.filter((one) => !found.includes(one));
      return [...missing, ...found.filter((one) => !expected.includes(one))];
    };
    expect(await noneOf(differences)).toEqual([]);
    // By the operator, by the other system and by the link while the new one ran alone, at least.
    expect(consents.size).toBeGreaterThanOrEqual(3);
  });

  it('every key is of a form that docs/upgrade.md lists', async () => {
    const keys = await redis.keys('*');
    expect(keys.filter((key) => !formOfKey(key, PREFIX))).toEqual([]);
  });

  it('nobody was created, and only the invalid message is a dead letter', async () => {
    expect(await people.sandbox.workspace().createdPeople()).toEqual([]);
    expect(await jobs.deadLetters.size()).toMatchObject({ count: 1 });
  });

  it.each([...INGESTS, ...WORKERS])('%s was not killed for its memory', async (service) => {
    expect(await inspect<boolean>(service, '.State.OOMKilled')).toBe(false);
  });
});

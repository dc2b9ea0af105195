import { DEMO_PHONES, seedDemoPeople } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { ConfigError } from '@optout-sync/shared/config';
import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import { saying, startHarness, type Harness } from './test-support/worker-harness';

let harness: Harness;
const { single, household, crowd, unknown, storedNational, storedDigits } = DEMO_PHONES;

const letters = async (): Promise<DeadLetter[]> =>
  (await harness.queues.deadLetters.page({ limit: 100 })).deadLetters.map(({ deadLetter: letter }) => letter);

describe('worker', () => {
  beforeEach(async () => {
    harness = await startHarness({ env: { CUSTOMERIO_PHONE_FORMATS: 'e164,digits,national' } });
    seedDemoPeople(harness.sandbox.workspace());
  });
  afterEach(async () => {
    const created = harness.sandbox.workspace().createdPeople();
    await harness.stop();
    expect(created).toEqual([]);
  });

  it('applies a STOP to everyone who shares the number, and a START clears it', async () => {
    await harness.say(saying(household));
    await harness.settled(household);
    expect(harness.attribute(household)).toEqual([true, true, true]);
    await harness.say(saying(household, { kind: 'start' }));
    await harness.settled(household);
    expect(harness.attribute(household)).toEqual([false, false, false]);
    expect((await harness.entry(household))?.history.map(({ outcome }) => outcome)).toEqual([
      'applied',
      'applied',
    ]);
  });

  it('applies a STOP to more people than one page holds', async () => {
    await harness.say(saying(crowd));
    await harness.settled(crowd);
    expect(harness.attribute(crowd)).toEqual(Array.from({ length: 60 }, () => true));
  });

  it('writes when the person sent it, not when it was applied', async () => {
    const occurredAt = Date.now() - 60_000;
    await harness.say(saying(single, { occurredAt }));
    await harness.settled(single);
    const [ada] = harness.sandbox.workspace().people();
    expect(ada?.writtenAt.sms_unsubscribe).toBe(Math.floor(occurredAt / 1_000));
  });

  it('ends a STOP of a number nobody has as no_match', async () => {
    await harness.say(saying(unknown));
    await harness.settled(unknown);
    expect((await harness.entry(unknown))?.history[0]?.outcome).toBe('no_match');
  });

  it('finds other spellings of a number, alone and in a joint search', async () => {
    await harness.say(saying(storedNational), saying(storedDigits), saying(single));
    await harness.settled(storedNational, storedDigits, single);
    expect(harness.attribute('(415) 555-0142')).toEqual([true]);
    expect(harness.attribute('14155550143')).toEqual([true]);
  });

  it('asks for many phones in one search and tells their people apart', async () => {
    const phones = Array.from({ length: 40 }, (_, n) => `+1415555${String(2_000 + n)}`);
    for (const phone of phones) harness.sandbox.workspace().addPerson({ attributes: { phone } });
    await harness.queues.shards[0].inbound.addBulk(
      phones.map((phone) => ({ name: 'stop', data: { payload: saying(phone) } })),
    );
    await harness.settled(...phones);
    for (const phone of phones) expect(harness.attribute(phone)).toEqual([true]);
    expect(harness.attribute(household)).toEqual([undefined, undefined, undefined]);
    expect(harness.sandbox.requests({ operation: 'search' }).length).toBeLessThan(20);
  });

  it('lets the last word win whatever the order of arrival', async () => {
    const now = Date.now();
    await harness.say(saying(single, { kind: 'start', occurredAt: now }));
    await harness.settled(single);
    await harness.say(saying(single, { kind: 'stop', occurredAt: now - 1_000 }));
    await harness.settled(single);
    expect((await harness.entry(single))?.history.map(({ outcome }) => outcome)).toEqual([
      'stale',
      'applied',
    ]);
    expect(harness.attribute(single)).toEqual([false]);
  });

  it('keeps a STOP for one sender when another sender hears START', async () => {
    await harness.say(saying(single, { sender: 'MG1' }), saying(single, { sender: 'MG2', kind: 'start' }));
    await harness.settled(single);
    expect(harness.attribute(single)).toEqual([true]);
  });

  it('changes nothing on HELP', async () => {
    await harness.say(saying(single, { kind: 'help' }));
    await harness.settled(single);
    expect((await harness.entry(single))?.history[0]?.outcome).toBe('ignored');
    expect(harness.attribute(single)).toEqual([undefined]);
  });

  it('keeps WhatsApp apart from SMS', async () => {
    await harness.say(saying(single, { channel: 'whatsapp' }));
    await waitFor(() => harness.attribute(single, 'whatsapp_unsubscribe')[0] === true, {
      what: 'the attribute',
    });
    expect(harness.attribute(single)).toEqual([undefined]);
  });

  it('counts one message once however often it comes', async () => {
    const stop = saying(single);
    await harness.say(stop);
    await harness.settled(single);
    for (let times = 1; times <= 3; times++) {
      await harness.say(stop);
      await waitFor(async () => (await harness.metric('optout_events_total{outcome="duplicate"')) === times, {
        what: `duplicate ${String(times)}`,
      });
    }
    expect((await harness.entry(single))?.version).toBe(1);
    expect(await harness.metric('optout_ledger_changes_total{kind="stop"')).toBe(1);
  });

  it.each([
    ['an error of the search', { operation: 'search' as const }, { kind: 'status' as const, status: 503 }],
    ['a reset during the write', { operation: 'batch' as const }, { kind: 'reset' as const }],
    [
      "a page that is not Customer.io's, though with status 200",
      { operation: 'batch' as const },
      { kind: 'status' as const, status: 200, body: '<html>maintenance</html>' },
    ],
    ['an answer lost after the write', { operation: 'batch' as const }, { kind: 'answer_lost' as const }],
  ])('gets over %s', async (_, match, effect) => {
    const fault = harness.sandbox.fault({ match, effect, times: 1 });
    await harness.say(saying(household));
    await harness.settled(household);
    expect(fault.hits).toBe(1);
    expect(harness.attribute(household)).toEqual([true, true, true]);
    expect(await letters()).toEqual([]);
  });

  it('leaves Customer.io alone for as long as a 429 says', async () => {
    const answer = { kind: 'status' as const, status: 429, headers: { 'retry-after': '1' } };
    harness.sandbox.fault({ match: { operation: 'search' }, effect: answer, times: 1 });
    harness.sandbox.workspace().addPerson({ attributes: { phone: '+14155550150' } });
    await harness.say(saying(single));
    await waitFor(() => harness.sandbox.requests({ operation: 'search', status: 429 }).length === 1, {
      what: '429',
    });
    await harness.say(saying('+14155550150'));
    await harness.settled(single, '+14155550150');
    const [limited, next] = harness.sandbox.requests({ operation: 'search' }).slice(1);
    expect((next?.at ?? 0) - (limited?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
    expect(await letters()).toEqual([]);
  });

  it('splits a search that is refused, down to the phone that is refused alone', async () => {
    const bad = '+14155550177';
    const effect = { kind: 'status' as const, status: 400, body: { meta: { error: 'no' } } };
    harness.sandbox.fault({ match: { operation: 'search', bodyIncludes: bad }, effect, times: Infinity });
    await harness.queues.shards[0].inbound.addBulk(
      [single, bad, household].map((phone) => ({ name: 'stop', data: { payload: saying(phone) } })),
    );
    await harness.settled(single, household, bad);
    expect(harness.attribute(single)).toEqual([true]);
    expect(harness.attribute(household)).toEqual([true, true, true]);
    expect((await harness.entry(bad))?.history[0]?.outcome).toBe('dead_lettered');
    expect(await letters()).toMatchObject([
      {
        stage: 'sync',
        code: 'customerio_refused',
        undone: { type: 'sync', request: { phone: bad } },
        attempts: [{ code: 'customerio_refused', status: 400 }],
      },
    ]);
  });

  it('dead-letters an event it does not understand, whole', async () => {
    const strange = { ...saying(single), version: 2 };
    await harness.queues.shards[0].inbound.add('stop', { payload: strange as never });
    await waitFor(async () => (await letters()).length === 1, { what: 'the dead letter' });
    expect(await letters()).toMatchObject([
      { stage: 'record', code: 'event_version_unknown', undone: { type: 'raw', data: strange } },
    ]);
  });

  it('syncs once more for what is said while a sync runs', async () => {
    const slow = harness.sandbox.fault({
      match: { operation: 'batch' },
      effect: { kind: 'latency', ms: 300 },
      times: 1,
    });
    await harness.say(saying(single));
    await waitFor(() => slow.hits === 1, { what: 'the write under way' });
    await harness.say(saying(single, { kind: 'start' }));
    await harness.settled(single);
    expect(harness.attribute(single)).toEqual([false]);
    expect(await harness.entry(single)).toMatchObject({ version: 2, appliedVersion: 2 });
  });

  it('tells of what it did in its metrics, and of nobody in its log', async () => {
    await harness.say(saying(household));
    await harness.settled(household);
    await waitFor(async () => (await harness.metric('optout_end_to_end_seconds_count')) === 1, {
      what: 'metrics',
    });
    expect(await harness.metric('optout_events_total{outcome="applied",kind="stop",source="webhook"')).toBe(
      1,
    );
    expect(
      await harness.metric('optout_customerio_requests_total{api="track",operation="batch",status="200"'),
    ).toBe(1);
    expect(await harness.metric('optout_people_updated_total{channel="sms"')).toBe(3);
    expect(await harness.metric('optout_queue_jobs{queue="dead-letters",state="waiting"')).toBe(0);
    expect(await harness.metric('optout_queue_oldest_job_age_seconds{queue="inbound-events"')).toBe(0);
    const log = harness.logLines.join('');
    expect(log).toContain('synced');
    expect(log).not.toContain(household.slice(1));
    expect(log).not.toContain(harness.sandbox.workspace().appApiKey);
  });

  it('is ready while it takes jobs', async () => {
    const readyz = `http://127.0.0.1:${String(harness.worker.adminPort)}/readyz`;
    await waitFor(async () => (await fetch(readyz)).status === 200, { what: 'readiness' });
    await harness.worker.stop();
    await expect(fetch(readyz)).rejects.toThrow();
  });
});

describe('worker start', () => {
  const mistakesOf = async (env: Record<string, string>): Promise<string> => {
    const error = await startHarness({ env }).then(
      async (started) => {
        await started.stop();
        return undefined;
      },
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).mistakes.join('\n');
  };

  it('is stopped by keys that Customer.io refuses, all named at once', async () => {
    const mistakes = await mistakesOf({ CUSTOMERIO_APP_API_KEY: 'wrong', CUSTOMERIO_TRACK_API_KEY: 'wrong' });
    expect(mistakes).toMatch(/CUSTOMERIO_TRACK_API_KEY/);
    expect(mistakes).toMatch(/CUSTOMERIO_APP_API_KEY/);
  });

  it('is stopped by the wrong region', async () => {
    expect(await mistakesOf({ CUSTOMERIO_REGION: 'eu' })).toContain('the workspace is in us');
  });

  it('goes on when Customer.io cannot be reached', async () => {
    const started = await startHarness({ env: { CUSTOMERIO_TRACK_URL: 'http://127.0.0.1:9' } });
    expect(started.logLines.join('')).toContain('could not check the access');
    await started.stop();
  });
});

describe('worker stop', () => {
  it('gives back what waits for its turn, at once and without blame, for the next worker', async () => {
    const first = await startHarness();
    const phones = Array.from({ length: 40 }, (_, n) => `+1415557${String(1_000 + n)}`);
    for (const phone of phones) first.sandbox.workspace().addPerson({ attributes: { phone } });
    const limited = first.sandbox.fault({
      match: { operation: 'search' },
      effect: { kind: 'status', status: 429, headers: { 'retry-after': '240' } },
      times: 1,
    });
    await first.queues.shards[0].inbound.addBulk(
      phones.map((phone) => ({ name: 'stop', data: { payload: saying(phone) } })),
    );
    await waitFor(() => limited.hits === 1, { what: 'the limit to be felt' });
    const startedAt = performance.now();
    await first.worker.stop();
    expect(performance.now() - startedAt).toBeLessThan(10_000);

    const { queues } = first;
    const counts = await queues.shards[0].syncOf('default').getJobCounts('active', 'delayed', 'waiting');
    expect(counts.active).toBe(0);
    expect((await queues.deadLetters.size()).count).toBe(0);
    await first.stop();
  });
});

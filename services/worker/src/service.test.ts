import { enqueueInboundBatch } from '@optout-sync/shared/queues';
import { DEMO_PHONES, seedDemoPeople } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { ConfigError } from '@optout-sync/shared/config';
import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import { createLogger } from '@optout-sync/shared/service';
import { readWorkerConfig } from '@optout-sync/shared/config';
import { Worker } from './service';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

let harness: Harness;
const { single, household, crowd, unknown, storedNational, storedDigits } = DEMO_PHONES;

const deadLetters = async (): Promise<DeadLetter[]> =>
  (await harness.queues.deadLetters.page({ limit: 100 })).deadLetters.map(({ deadLetter }) => deadLetter);

describe('worker', () => {
  beforeEach(async () => {
    harness = await startHarness({
      env: { CUSTOMERIO_PHONE_FORMATS: 'e164,digits,national', DEFAULT_COUNTRY: 'US' },
    });
    seedDemoPeople(harness.sandbox.workspace());
  });
  afterEach(async () => {
    const created = harness.sandbox.workspace().createdPeople();
    await harness.stop();
    expect(created).toEqual([]);
  });

  it('applies a STOP to everyone who shares the number, and a START clears it', async () => {
    await harness.enqueue(inboundEvent(household));
    await harness.settled(household);
    expect(harness.attribute(household)).toEqual([true, true, true]);
    await harness.enqueue(inboundEvent(household, { kind: 'start' }));
    await harness.settled(household);
    expect(harness.attribute(household)).toEqual([false, false, false]);
    expect((await harness.entry(household))?.history.map(({ outcome }) => outcome)).toEqual([
      'applied',
      'applied',
    ]);
  });

  it('applies a STOP to more people than one page holds', async () => {
    await harness.enqueue(inboundEvent(crowd));
    await harness.settled(crowd);
    expect(harness.attribute(crowd)).toEqual(Array.from({ length: 60 }, () => true));
  });

  it('writes with the time at which the person sent the message', async () => {
    const occurredAt = Date.now() - 60_000;
    await harness.enqueue(inboundEvent(single, { occurredAt }));
    await harness.settled(single);
    const [ada] = harness.sandbox.workspace().people();
    expect(ada?.writtenAt.sms_unsubscribe).toBe(Math.floor(occurredAt / 1_000));
  });

  it('ends a STOP of a number that nobody has as no_match', async () => {
    await harness.enqueue(inboundEvent(unknown));
    await harness.settled(unknown);
    expect((await harness.entry(unknown))?.history[0]?.outcome).toBe('no_match');
  });

  it('finds other spellings of a number, alone and in a batched search', async () => {
    await harness.enqueue(inboundEvent(storedNational), inboundEvent(storedDigits), inboundEvent(single));
    await harness.settled(storedNational, storedDigits, single);
    expect(harness.attribute('(415) 555-0142')).toEqual([true]);
    expect(harness.attribute('14155550143')).toEqual([true]);
  });

  it('looks up many phones in one search and assigns each person to their phone', async () => {
    const phones = Array.from({ length: 40 }, (_, n) => `+1415555${String(2_000 + n)}`);
    for (const phone of phones) harness.sandbox.workspace().addPerson({ attributes: { phone } });
    await enqueueInboundBatch(
      harness.queues,
      phones.map((phone) => inboundEvent(phone)),
    );
    await harness.settled(...phones);
    for (const phone of phones) expect(harness.attribute(phone)).toEqual([true]);
    expect(harness.attribute(household)).toEqual([undefined, undefined, undefined]);
    expect(harness.sandbox.requests({ operation: 'search' }).length).toBeLessThan(20);
  });

  it('lets the latest message win, whatever the order of arrival', async () => {
    const now = Date.now();
    await harness.enqueue(inboundEvent(single, { kind: 'start', occurredAt: now }));
    await harness.settled(single);
    await harness.enqueue(inboundEvent(single, { kind: 'stop', occurredAt: now - 1_000 }));
    await harness.settled(single);
    expect((await harness.entry(single))?.history.map(({ outcome }) => outcome)).toEqual([
      'stale',
      'applied',
    ]);
    expect(harness.attribute(single)).toEqual([false]);
  });

  it('upholds a STOP to one sender when another sender gets a START', async () => {
    await harness.enqueue(
      inboundEvent(single, { sender: 'MG1' }),
      inboundEvent(single, { sender: 'MG2', kind: 'start' }),
    );
    await harness.settled(single);
    expect(harness.attribute(single)).toEqual([true]);
  });

  it('changes nothing on HELP', async () => {
    await harness.enqueue(inboundEvent(single, { kind: 'help' }));
    await harness.settled(single);
    expect((await harness.entry(single))?.history[0]?.outcome).toBe('ignored');
    expect(harness.attribute(single)).toEqual([undefined]);
  });

  it('separates WhatsApp from SMS', async () => {
    await harness.enqueue(inboundEvent(single, { channel: 'whatsapp' }));
    await waitFor(() => harness.attribute(single, 'whatsapp_unsubscribe')[0] === true, {
      what: 'the attribute',
    });
    expect(harness.attribute(single)).toEqual([undefined]);
  });

  it('counts a message once, however often it arrives', async () => {
    const stop = inboundEvent(single);
    await harness.enqueue(stop);
    await harness.settled(single);
    for (let times = 1; times <= 3; times++) {
      await harness.enqueue({ ...stop, receivedAt: stop.receivedAt + times });
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
  ])('recovers from %s', async (_, match, effect) => {
    const fault = harness.sandbox.fault({ match, effect, times: 1 });
    await harness.enqueue(inboundEvent(household));
    await harness.settled(household);
    expect(fault.hits).toBe(1);
    expect(harness.attribute(household)).toEqual([true, true, true]);
    expect(await deadLetters()).toEqual([]);
  });

  it('sends no request to Customer.io for as long as a 429 asks', async () => {
    const answer = { kind: 'status' as const, status: 429, headers: { 'retry-after': '1' } };
    harness.sandbox.fault({ match: { operation: 'search' }, effect: answer, times: 1 });
    harness.sandbox.workspace().addPerson({ attributes: { phone: '+14155550150' } });
    await harness.enqueue(inboundEvent(single));
    await waitFor(() => harness.sandbox.requests({ operation: 'search', status: 429 }).length === 1, {
      what: '429',
    });
    await harness.enqueue(inboundEvent('+14155550150'));
    await harness.settled(single, '+14155550150');
    const [limited, next] = harness.sandbox.requests({ operation: 'search' }).slice(1);
    expect((next?.at ?? 0) - (limited?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
    expect(await deadLetters()).toEqual([]);
  });

  it('splits a rejected search, down to the phone that is rejected alone', async () => {
    const bad = '+14155550177';
    const effect = { kind: 'status' as const, status: 400, body: { meta: { error: 'no' } } };
    harness.sandbox.fault({ match: { operation: 'search', bodyIncludes: bad }, effect, times: Infinity });
    await enqueueInboundBatch(
      harness.queues,
      [single, bad, household].map((phone) => inboundEvent(phone)),
    );
    await harness.settled(single, household, bad);
    expect(harness.attribute(single)).toEqual([true]);
    expect(harness.attribute(household)).toEqual([true, true, true]);
    expect((await harness.entry(bad))?.history[0]?.outcome).toBe('dead_lettered');
    expect(await deadLetters()).toMatchObject([
      {
        stage: 'sync',
        code: 'customerio_refused',
        undone: { type: 'sync', request: { phone: bad } },
        attempts: [{ code: 'customerio_refused', status: 400 }],
      },
    ]);
  });

  it('dead-letters an unparsable event whole', async () => {
    const unparsable = { ...inboundEvent(single), version: undefined };
    await harness.queues.inbound.add('stop', { payload: unparsable as never });
    await waitFor(async () => (await deadLetters()).length === 1, { what: 'the dead letter' });
    expect(await deadLetters()).toMatchObject([
      { stage: 'record', code: 'event_invalid', undone: { type: 'raw' } },
    ]);
  });

  it('syncs again for a message that arrives while a sync runs', async () => {
    const slow = harness.sandbox.fault({
      match: { operation: 'batch' },
      effect: { kind: 'latency', ms: 300 },
      times: 1,
    });
    await harness.enqueue(inboundEvent(single));
    await waitFor(() => slow.hits === 1, { what: 'the active write' });
    await harness.enqueue(inboundEvent(single, { kind: 'start' }));
    await harness.settled(single);
    expect(harness.attribute(single)).toEqual([false]);
    expect(await harness.entry(single)).toMatchObject({ version: 2, appliedVersion: 2 });
  });

  it('counts its work in its metrics, and logs no phone number and no key', async () => {
    await harness.enqueue(inboundEvent(household));
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

  it('is ready while it consumes jobs', async () => {
    const readyz = `http://127.0.0.1:${String(harness.adminPort)}/readyz`;
    await waitFor(async () => (await fetch(readyz)).status === 200, { what: 'readiness' });
    await harness.worker.stop();
    await expect(fetch(readyz)).rejects.toThrow();
  });
});

describe('worker.start', () => {
  const errorsOf = async (env: Record<string, string>): Promise<string> => {
    const error = await startHarness({ env }).then(
      async (started) => {
        await started.stop();
        return undefined;
      },
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).errors.join('\n');
  };

  it('fails for keys that Customer.io rejects, and names all of them', async () => {
    const errors = await errorsOf({ CUSTOMERIO_APP_API_KEY: 'wrong', CUSTOMERIO_TRACK_API_KEY: 'wrong' });
    expect(errors).toMatch(/CUSTOMERIO_TRACK_API_KEY/);
    expect(errors).toMatch(/CUSTOMERIO_APP_API_KEY/);
  });

  it('fails for the wrong region', async () => {
    expect(await errorsOf({ CUSTOMERIO_REGION: 'eu' })).toContain('the workspace is in us');
  });

  it('succeeds when Customer.io is unreachable', async () => {
    const started = await startHarness({ env: { CUSTOMERIO_TRACK_URL: 'http://127.0.0.1:9' } });
    expect(started.logLines.join('')).toContain('could not check the access');
    await started.stop();
  });
});

describe('worker.stop', () => {
  it('has the effect of once when it is called twice, as has starting', async () => {
    const started = await startHarness();
    const { worker, adminPort } = started;
    expect(await worker.start()).toEqual({ adminPort });
    await Promise.all([worker.stop(), worker.stop()]);
    await started.stop();
    await expect(fetch(`http://127.0.0.1:${String(adminPort)}/healthz`)).rejects.toThrow();
  });

  it('ends a start that waits for Redis', async () => {
    const config = readWorkerConfig({
      REDIS_URL: 'redis://127.0.0.1:9',
      WORKER_ADMIN_PORT: '0',
      CUSTOMERIO_CAMPAIGN_WEBHOOK_URL: 'http://127.0.0.1:9/',
    });
    const worker = Worker.create(config, { log: createLogger({ service: 'worker', level: 'silent' }) });
    const starting = worker.start();
    await Promise.all([expect(starting).rejects.toThrow('aborted'), worker.stop()]);
    await expect(worker.start()).rejects.toThrow('aborted');
  });

  it('returns waiting jobs to their queue at once, without a failed attempt', async () => {
    const first = await startHarness();
    const phones = Array.from({ length: 40 }, (_, n) => `+1415557${String(1_000 + n)}`);
    for (const phone of phones) first.sandbox.workspace().addPerson({ attributes: { phone } });
    const limit = first.sandbox.fault({
      match: { operation: 'search' },
      effect: { kind: 'status', status: 429, headers: { 'retry-after': '240' } },
      times: 1,
    });
    await enqueueInboundBatch(
      first.queues,
      phones.map((phone) => inboundEvent(phone)),
    );
    await waitFor(() => limit.hits === 1, { what: 'the rate limit' });
    const startedAt = performance.now();
    await first.worker.stop();
    expect(performance.now() - startedAt).toBeLessThan(10_000);

    const { queues } = first;
    const counts = await queues.syncOf('default').getJobCounts('active', 'delayed', 'waiting');
    expect(counts.active).toBe(0);
    expect((await queues.deadLetters.size()).count).toBe(0);
    await first.stop();
  });
});

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@optout-sync/local-runtime/process';
import { TcpProxy } from '@optout-sync/testkit';
import { Ledger } from '@optout-sync/shared/ledger';
import { AUTH_TOKEN, System } from '@optout-sync/testkit/system';
import {
  TWILIO_ACCOUNT_SID as SID,
  loggedInbound,
  startTwilioApi,
  type TwilioApi,
} from '@optout-sync/twilio-simulator';
import { deadLetterOf } from './support/dead-letter';
import { inboundEvent } from './support/inbound-event';
import { goOn, inPipe, onTerminal, type Interrupted, type Start } from './support/interrupted';

jest.setTimeout(300_000);

const WHO = ['--yes', '--by', "Ann O'Hara", '--why', 'a long job'];
const SENDER = '+15005550006';
/** The exit code of a long job that Ctrl-C stopped. */
const STOPPED = 3;

let system: System;
let twilio: TwilioApi;
let folder: string;
/** Redis, as slowly as a test needs it. */
let link: TcpProxy;
beforeAll(async () => {
  twilio = await startTwilioApi({ [SID]: AUTH_TOKEN });
  system = await System.start({ env: { TWILIO_API_URL: twilio.url } });
  link = await TcpProxy.start({ port: Number(new URL(system.redis.url).port) });
  folder = await system.newFolder();
  await system.startWorker();
});
afterAll(async () => {
  await system.stop();
  await link.stop();
  await twilio.stop();
});
afterEach(() => {
  link.heal();
});

const throughLink = (): string => system.redis.url.replace(/:\d+$/, `:${String(link.port)}`);
const until = (what: string, condition: () => boolean | Promise<boolean>): Promise<unknown> =>
  waitFor(condition, { what, timeoutMs: 120_000, everyMs: 50 });

let phones = 0;
const freshPhones = (count: number): string[] =>
  Array.from({ length: count }, () => `+1415${String(5_590_000 + phones++)}`);
const isRecorded = async (phone = ''): Promise<boolean> => (await system.entry(phone)) !== undefined;

/** Of each phone, how many messages and versions its ledger entry has. */
const entriesOf = (numbers: readonly string[]) =>
  Promise.all(
    numbers.map(async (phone) => {
      const entry = await system.entry(phone);
      return [entry?.history.length, entry?.version];
    }),
  );
const once = (numbers: readonly string[]) => numbers.map(() => [1, 1]);

/** Interrupts a job in the middle, and says what it printed. */
async function stop(job: Interrupted, isMidway: () => boolean | Promise<boolean>): Promise<string> {
  await until('the middle of the job', isMidway);
  job.interrupt();
  expect(await job.ended).toBe(STOPPED);
  const shown = job.shown();
  // On a terminal the cursor, which the bar hides, is there again.
  expect(shown.lastIndexOf('\u001b[?25h')).toBeGreaterThanOrEqual(shown.lastIndexOf('\u001b[?25l'));
  expect(shown).toContain('Stopped. ');
  expect(shown).not.toMatch(/error \(/);
  return shown;
}

describe.each<[string, Start]>([
  ['on a terminal', onTerminal],
  ['in a pipe', inPipe],
])('Ctrl-C %s', (where, start) => {
  const isTerminal = where === 'on a terminal';

  it('stops an import, and the command that it prints goes on: nothing is doubled, and the rejects are whole', async () => {
    const numbers = freshPhones(600);
    const file = join(folder, `opt outs ${String(phones)}.csv`);
    const rows = numbers.flatMap((phone, n) => [
      `${phone},2026-01-02T03:04:05Z,${SENDER}`,
      ...(n % 100 === 50 ? [`not a number ${String(n)},,${SENDER}`] : []),
    ]);
    writeFileSync(file, ['phone,date,sender', ...rows].join('\n'));
    const job = start(['optouts', 'import', file, '--rate', '150', ...WHO], { env: system.env });
    const shown = await stop(job, () => isRecorded(numbers[0]));
    expect(shown).toMatch(/\d+ rows read, \d+ enqueued\. What is enqueued stays so, and is skipped\./);
    expect(await isRecorded(numbers.at(-1))).toBe(false);

    const { code, out } = await goOn(job, { env: system.env });
    // Rows were rejected.
    expect(code).toBe(3);
    expect(out).toMatch(/read +606/);
    await system.settled(numbers, 1, 120_000);
    expect(await entriesOf(numbers)).toEqual(once(numbers));
    const rejects = readFileSync(`${file}.rejects`, 'utf8').trimEnd().split('\n');
    expect(rejects).toHaveLength(1 + 6);
    const again = await goOn(job, { env: system.env });
    expect(again.out).toMatch(/enqueued +0[^]*imported before +600/);
    expect(await entriesOf(numbers)).toEqual(once(numbers));
  });

  it('stops an export, and the output of the command that it prints continues it', async () => {
    const own = { QUEUE_PREFIX: `${system.prefix}-${isTerminal ? 'terminal' : 'pipe'}` };
    const ledger = new Ledger(system.connection, { prefix: own.QUEUE_PREFIX });
    // Several pages.
    const events = freshPhones(3_500).map((phone) => inboundEvent(phone));
    await Promise.all(
      events.map((event) =>
        ledger.record({ workspace: 'default', channel: 'sms', phone: event.phone }, event),
      ),
    );
    const whole = await system.cli(['optouts', 'export', '--reveal'], own);
    const lines = whole.out.trimEnd().split('\n');
    expect(lines).toHaveLength(1 + events.length);
    const file = join(folder, `export-${isTerminal ? 'terminal' : 'pipe'}.csv`);
    const slow = { ...system.env, ...own, REDIS_URL: throughLink() };
    const args = ['optouts', 'export', '--reveal'];
    link.delayMs = 100;
    const job = start(args, { env: slow, redirect: `> '${file}'` });
    const written = (): string[] => readFileSync(file, 'utf8').trimEnd().split('\n');
    await stop(job, () => existsSync(file) && written().length > 1);
    link.heal();
    expect(written().length).toBeLessThan(lines.length);
    expect(job.shown()).toMatch(/--cursor \S+/);
    const { code } = await goOn(job, {
      env: { ...system.env, ...own },
      redirect: `>> '${file}'`,
    });
    expect(code).toBe(0);
    expect(written()).toHaveLength(lines.length);
    expect(written().toSorted()).toEqual(lines.toSorted());
  });

  it('stops a backfill, and the command that it prints goes on', async () => {
    const numbers = freshPhones(400);
    const at = (n: number): Date => new Date(Math.floor(Date.now() / 1_000 - 600 + n) * 1_000);
    twilio.log(...numbers.map((from, n) => loggedInbound(at(n % 60), { from, body: 'STOP' })));
    const job = start(['backfill', '--since', '1h', '--rate', '100', ...WHO], { env: system.env });
    const recorded = async (): Promise<number> =>
      (await entriesOf(numbers)).filter(([count]) => count === 1).length;
    const shown = await stop(job, async () => (await recorded()) > 0);
    expect(shown).toMatch(/\d+ enqueued\. What is enqueued stays so/);
    expect(await recorded()).toBeLessThan(numbers.length);
    const { code } = await goOn(job, { env: system.env });
    expect(code).toBe(0);
    await system.settled(numbers, 1, 120_000);
    expect(await entriesOf(numbers)).toEqual(once(numbers));
  });

  it('stops the waiting for a replay, which the workers go on with', async () => {
    const numbers = freshPhones(60);
    await Promise.all(
      numbers.map((phone) => system.queues.deadLetters.put(deadLetterOf(inboundEvent(phone)))),
    );
    const job = start(['dlq', 'replay', '--all', '--rate', '10', ...WHO], { env: system.env });
    const run = async () => (await system.queues.runs.list(1))[0];
    const shown = await stop(job, async () => ((await run())?.done ?? 0) % 60 > 3);
    expect((await run())?.state).toBe('running');
    expect(shown).toContain(`optout-sync runs cancel ${(await run())?.id ?? ''}`);
    expect((await goOn(job, { env: system.env })).out).toContain('is running');
    await until('the end of the run', async () => (await run())?.state === 'finished');
    const { code, out } = await goOn(job, { env: system.env });
    expect([code, out]).toEqual([0, expect.stringContaining('60 of 60 replayed')]);
    await system.settled(numbers, 1, 120_000);
    expect(await entriesOf(numbers)).toEqual(once(numbers));
  });

  it('stops the waiting for a pass, which the command that it prints attaches to again', async () => {
    const slow = system.sandbox.fault({ match: { api: 'app' }, effect: { kind: 'latency', ms: 2_000 } });
    const job = start(['optouts', 'verify', '--all', '--fix', ...WHO], { env: system.env });
    const shown = await stop(job, () => /Ctrl-C leaves it running/.test(job.shown()));
    expect(shown).toContain('The workers go on with the pass');
    slow.remove();
    const { code, out } = await goOn(job, { env: system.env });
    expect(code).toBe(0);
    expect(out).toMatch(/Attached to the pass that Ann O'Hara asked for|Asked the workers for a pass/);
  });

  it('stops an assessment, which stores nothing', async () => {
    const env = { ...system.env, CUSTOMERIO_APP_URL: system.sandbox.appUrl };
    const job = start(['assess', '--since', '90d', '--rate', '3'], { env });
    const before = twilio.requests.length;
    const shown = await stop(job, () => twilio.requests.length > before + 2);
    expect(shown).toContain('To go on: optout-sync assess --since 90d --rate 3');
  });

  it('does not wait for the rate', async () => {
    const numbers = freshPhones(100);
    const file = join(folder, `slow-${String(phones)}.csv`);
    writeFileSync(file, ['phone', ...numbers].join('\n'));
    const args = ['optouts', 'import', file, '--sender', SENDER, '--rate', '1', ...WHO];
    const job = start(args, { env: system.env });
    const shown = await stop(job, () => isRecorded(numbers[0]));
    // The pause after fifty of one a second was cut short.
    expect(shown).toMatch(/50 rows read, 50 enqueued\./);
  });

  it('a second time ends a job at once', async () => {
    const numbers = freshPhones(200);
    const file = join(folder, `twice-${String(phones)}.csv`);
    writeFileSync(file, ['phone', ...numbers].join('\n'));
    link.delayMs = 20;
    const slow = { ...system.env, REDIS_URL: throughLink() };
    const job = start(['optouts', 'import', file, '--sender', SENDER, '--rate', '5', ...WHO], { env: slow });
    await until('the first rows', () => isRecorded(numbers[0]));
    // Held back, the job cannot end by itself.
    link.blackhole();
    let isOver = false;
    void job.ended.then(() => (isOver = true));
    await until('the end', () => {
      if (!isOver) job.interrupt();
      return isOver;
    });
    expect(await job.ended).toBe(130);
  });
});

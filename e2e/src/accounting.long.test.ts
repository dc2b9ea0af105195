import { waitFor } from '@optout-sync/local-runtime/process';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { TcpProxy } from '@optout-sync/testkit';
import { System, type Running } from '@optout-sync/testkit/system';
import { messageSid, streamInbound, twilioMessage } from '@optout-sync/twilio-simulator';
import { newPeople } from './support/stop-workload';

jest.setTimeout(120_000);

const OUTCOMES = ['applied', 'no_match', 'ignored', 'duplicate', 'stale', 'dead_lettered'] as const;

let system: System;
let proxy: TcpProxy | undefined;
afterEach(async () => {
  await system.stop();
  await proxy?.stop();
  proxy = undefined;
});

interface Message {
  readonly phone: string;
  readonly body: string;
  readonly sid: string;
}
const says = (body: string, phone: string): Message => ({ phone, body, sid: messageSid() });

/** Delivers messages at once. Returns how many events ingest accepted. */
async function deliver(ingest: Running, messages: readonly Message[]): Promise<number> {
  const answers = await Promise.all(
    messages.map(({ phone, body, sid }) =>
      system.deliver(
        ingest,
        twilioMessage({ From: phone, Body: body, MessageSid: sid, OptOutType: undefined }),
      ),
    ),
  );
  return answers.filter(({ status }) => status === 200).length;
}

/** Delivers messages again, by Event Streams. Returns how many events ingest accepted. */
async function deliverAgain(ingest: Running, messages: readonly Message[]): Promise<number> {
  const events = messages.map(({ phone, body, sid }) =>
    streamInbound({
      from: phone,
      body,
      messageSid: sid,
      timestamp: new Date(Date.now() - 2_000).toISOString(),
    }),
  );
  const { status } = await system.deliverJson(ingest, WEBHOOK_PATHS.events, events);
  return status === 200 ? events.length : 0;
}

/** How many events of the worker's metrics have ended, by outcome. */
async function endedAt({ adminPort }: Running): Promise<Record<string, number>> {
  const page = await (await fetch(`http://127.0.0.1:${String(adminPort)}/metrics`)).text();
  const lines = page.split('\n').filter((line) => line.startsWith('optout_events_total{'));
  return Object.fromEntries(
    OUTCOMES.map((outcome) => {
      const of = lines.filter((line) => line.includes(`outcome="${outcome}"`));
      return [outcome, of.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)];
    }),
  );
}

/** Reads counts until they do not change for a second. */
async function untilSame(
  read: () => Promise<Record<string, number>>,
): Promise<Readonly<Record<string, number>>> {
  let last: Record<string, number> = {};
  await waitFor(
    async () => {
      const before = last;
      last = await read();
      return OUTCOMES.every((outcome) => last[outcome] === before[outcome]);
    },
    { what: 'counts that stay', everyMs: 1_000 },
  );
  return last;
}

const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);

async function underWay(): Promise<number> {
  const states = ['waiting', 'prioritized', 'delayed', 'active'] as const;
  const { inbound, syncOf } = system.queues;
  const jobs = await Promise.all(
    [inbound, syncOf('default')].map((queue) => queue.getJobCountByTypes(...states)),
  );
  return jobs.reduce((a, b) => a + b, await system.metric('optout_spool_items'));
}

it('every accepted event ends in one outcome and counts once, with adds that time out and a worker that is killed', async () => {
  system = await System.start({ sandbox: { appRps: 0, trackRps: 0 } });
  const ingest = await system.startIngest();
  const refused = '+14155578999';
  system.sandbox.fault({
    match: { operation: 'search', bodyIncludes: refused },
    effect: { kind: 'status', status: 400, body: { meta: { error: 'no' } } },
    times: Infinity,
  });
  const nobody = Array.from({ length: 10 }, (_, n) => `+1415557800${String(n)}`);
  const before = [
    ...newPeople(system, 60).map((phone) => says('STOP', phone)),
    ...nobody.map((phone) => says('STOP', phone)),
    ...newPeople(system, 20).map((phone) => says('HELP', phone)),
    says('STOP', refused),
  ];
  let accepted = await deliver(ingest, before);
  accepted += await deliverAgain(ingest, before.slice(0, 30));

  // A worker records them and dies before it knows.
  proxy = await TcpProxy.start({ port: Number(new URL(system.redis.url).port) });
  const { sprung } = proxy.trap({ pattern: new RegExp(before[0]?.sid ?? ''), then: 'hold_answer' });
  const dying = await system.startWorker({ REDIS_URL: `redis://127.0.0.1:${String(proxy.port)}` });
  await sprung;
  // Nothing of what it does can end from now on.
  proxy.blackhole();
  const counted = await untilSame(() => endedAt(dying));
  await dying.kill('SIGKILL');
  const workers = [await system.startWorker(), await system.startWorker()];

  // Adds that time out land when Redis continues, and are added again from the spool.
  const during = [
    ...newPeople(system, 40).map((phone) => says('STOP', phone)),
    says('HELP', before[0]?.phone ?? ''),
  ];
  await system.redis.kill('SIGSTOP');
  accepted += await deliver(ingest, during);
  accepted += await deliver(
    ingest,
    newPeople(system, 10).map((phone) => says('STOP', phone)),
  );
  await system.redis.kill('SIGCONT');
  expect(await system.metric('optout_spooled_total')).toBeGreaterThanOrEqual(during.length);
  expect(accepted).toBe(before.length + 30 + during.length + 10);

  const total = await untilSame(async () => {
    // Opt-outs that were set early get their outcome without a job.
    await waitFor(async () => (await underWay()) === 0, { what: 'the end of all', timeoutMs: 60_000 });
    const counts = [counted, ...(await Promise.all(workers.map(endedAt)))];
    return Object.fromEntries(
      OUTCOMES.map((outcome) => [outcome, counts.reduce((all, count) => all + (count[outcome] ?? 0), 0)]),
    );
  });
  expect(total).toEqual({
    applied: 110,
    no_match: 10,
    ignored: 21,
    duplicate: 30,
    stale: 0,
    dead_lettered: 1,
  });
  expect(sum(total)).toBe(accepted);
});

import { waitFor } from '@optout-sync/local-runtime/process';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { twilioMessage } from '@optout-sync/twilio-simulator';
import { startMonitoredSystem, type MonitoredSystem } from './monitored-system';
import { accepted, deliverStop, expectAppliedOnce, newPeople } from './stop-workload';

export interface Fault {
  readonly fault: string;
  /** All alerts that fire because of it, in alphabetical order. */
  readonly alerts: readonly string[];
  readonly replicas?: number;
  /** Whether CI causes it for every change. `npm run release:check` causes the others. */
  readonly inCi?: true;
  /** @returns what ends the fault */
  cause(monitored: MonitoredSystem): Promise<() => unknown>;
}

/** Fewer than the 20 below which the alerts on the error budget stay silent. */
const STOPS = 5;

let monitored: MonitoredSystem;
let phones: string[] = [];

/** Delivers STOPs to all ingests in turn; each is answered 200. */
async function deliverStops(count = STOPS): Promise<void> {
  const { system, ingests } = monitored;
  const delivered = await Promise.all(
    newPeople(system, count).map((phone, n) => deliverStop(system, ingests[n % ingests.length]!, phone)),
  );
  expect(accepted(delivered)).toHaveLength(count);
  phones.push(...accepted(delivered));
}

/** Waits until the rules have been evaluated over so many seconds, longer than any alert has to hold. */
const watch = (seconds: number): Promise<unknown> =>
  waitFor(async () => ((await monitored.value('min(count_over_time(up[10m]))')) ?? 0) * 2 >= seconds, {
    what: `${String(seconds)} s of scrapes`,
    timeoutMs: 90_000,
    everyMs: 500,
  });

/** Delivers forged messages, five a second, each with the status callbacks of two messages that were sent, until it is stopped. */
function forge(): () => void {
  const { system, ingests } = monitored;
  const deliver = (params: Record<string, string>, options: { authToken: string; path?: string }) =>
    void system.deliver(ingests[0]!, twilioMessage(params), options).catch(() => undefined);
  const authToken = 'f'.repeat(32);
  const send = () => {
    deliver({ OptOutType: 'STOP' }, { authToken });
    for (const MessageStatus of ['sent', 'delivered', 'sent', 'delivered']) {
      deliver({ MessageStatus }, { authToken, path: WEBHOOK_PATHS.status });
    }
  };
  const timer = setInterval(send, 200);
  return () => clearInterval(timer);
}

/** Customer.io rejects what concerns this phone, and nothing else. */
function rejectPhone({ system }: MonitoredSystem, phone: string): () => void {
  const handle = system.sandbox.fault({
    match: { operation: 'search', bodyIncludes: phone },
    effect: { kind: 'status', status: 400, body: { meta: { error: 'no' } } },
  });
  return () => handle.remove();
}

/** Each fault with the alerts that it fires. */
export const FAULTS: readonly Fault[] = [
  {
    fault: 'an outage of Customer.io for more than a minute',
    alerts: ['CustomerIoDown', 'OptOutsLate'],
    inCi: true,
    async cause({ system }) {
      const handle = system.sandbox.fault({ effect: { kind: 'status', status: 503 } });
      await deliverStops();
      return () => handle.remove();
    },
  },
  {
    fault: 'a key that Customer.io rejects',
    alerts: ['WorkspacePaused'],
    async cause({ system }) {
      const handle = system.sandbox.fault({ effect: { kind: 'status', status: 401 } });
      await deliverStops();
      return () => handle.remove();
    },
  },
  {
    fault: 'a frozen Redis',
    alerts: ['RedisDown', 'SpoolInUse'],
    inCi: true,
    async cause({ system }) {
      await system.redis.kill('SIGSTOP');
      await deliverStops();
      return () => system.redis.kill('SIGCONT');
    },
  },
  {
    fault: 'a Redis that is full, so that two ingests spool',
    alerts: ['SpoolInUse'],
    replicas: 2,
    async cause(running) {
      const { system } = running;
      await system.configureRedis('maxmemory', '1');
      await deliverStops();
      const counted = (): Promise<number | undefined> => running.value('sum(workspace:optout_unapplied:sum)');
      await waitFor(async () => (await counted()) === STOPS, {
        what: 'each opt-out in a spool to be counted once',
      });
      return () => system.configureRedis('maxmemory', '0');
    },
  },
  {
    fault: 'an ingest that ends while its spool has opt-outs',
    alerts: ['SpoolLeftBehind', 'TargetDown'],
    replicas: 2,
    async cause(running) {
      const { system, ingests } = running;
      const [, ending] = ingests;
      await system.configureRedis('maxmemory', '1');
      const [phone = ''] = newPeople(system, 1);
      expect((await deliverStop(system, ending!, phone)).status).toBe(200);
      phones.push(phone);
      await waitFor(async () => (await running.value('max(optout_spool_items)')) === 1, {
        what: 'a scrape of the spool',
      });
      await ending!.kill('SIGKILL');
      await system.configureRedis('maxmemory', '0');
      return () => running.restartIngest(1);
    },
  },
  {
    fault: 'a phone that Customer.io rejects',
    alerts: ['DeadLetters'],
    async cause(running) {
      const { system, ingests } = running;
      const [phone = ''] = newPeople(system, 1);
      const mend = rejectPhone(running, phone);
      await deliverStop(system, ingests[0]!, phone);
      await waitFor(async () => (await system.queues.deadLetters.size()).count === 1, {
        what: 'the dead letter',
      });
      return async () => {
        mend();
        await system.queues.deadLetters.discard({});
      };
    },
  },
  {
    fault: 'forged messages',
    alerts: ['SignaturesRefused'],
    inCi: true,
    cause: () => Promise.resolve(forge()),
  },
  {
    fault: 'a wrong path in the URL at Twilio',
    alerts: ['WebhooksAstray'],
    async cause({ system, ingests: [ingest] }) {
      const answer = await system.deliver(ingest!, twilioMessage(), { path: '/webhooks/twilio/sms' });
      expect(answer.status).toBe(404);
      return () => undefined;
    },
  },
  {
    fault: 'a worker that is stuck',
    alerts: ['TargetDown', 'WorkersStuck'],
    async cause({ workers: [worker] }) {
      await worker?.kill('SIGSTOP');
      await deliverStops();
      return () => worker?.kill('SIGCONT');
    },
  },
  {
    fault: 'twice as many processes',
    alerts: [],
    replicas: 2,
    async cause() {
      await deliverStops(2 * STOPS);
      await watch(20);
      return () => undefined;
    },
  },
];

/** Starts a system with a real Prometheus, causes a fault and mends it. Its alerts fire and resolve, and no other fires. */
export async function expectAlerts(row: Fault): Promise<void> {
  phones = [];
  monitored = await startMonitoredSystem(row.replicas);
  try {
    await causeAndMend(row);
  } finally {
    await monitored.stop();
  }
}

async function causeAndMend(row: Fault): Promise<void> {
  const { alerts } = row;
  await deliverStops(2);
  await expectAppliedOnce(monitored.system, phones);
  expect(await monitored.fired()).toEqual([]);

  const mend = await row.cause(monitored);
  const hasFired = async (): Promise<boolean> => {
    const names = await monitored.fired();
    return alerts.every((name) => names.includes(name));
  };
  await waitFor(hasFired, { what: `${alerts.join(', ')} to fire`, timeoutMs: 120_000, everyMs: 250 });
  expect(await monitored.fired()).toEqual(alerts);

  await mend();
  await waitFor(async () => (await monitored.firing()).length === 0, {
    what: 'the alerts to be resolved',
    timeoutMs: 90_000,
    everyMs: 250,
  });
  await expectAppliedOnce(monitored.system, phones);
  // What waited for more than a minute is late, whatever the fault was.
  expect((await monitored.fired()).filter((name) => name !== 'OptOutsLate' || alerts.includes(name))).toEqual(
    alerts,
  );
}

import { setTimeout as delay } from 'node:timers/promises';
import type { TcpProxy } from '@optout-sync/testkit';
import { CUSTOMERIO_EFFECTS, failCustomerIo } from '../nemesis/customerio';
import { killProcess } from '../nemesis/kill-process';
import { KILL_POINTS, killWorkerAt } from '../nemesis/kill-worker-at';
import { partition, resetConnections, strandConnections } from '../nemesis/network';
import { freezeRedis, killRedis } from '../nemesis/redis';
import type { Scenario } from '../runner/scenario';
import type { ScenarioContext } from '../runner/scenario-context';

const FULL_MS = 600_000;

type Fault = (context: ScenarioContext) => Promise<void>;

/** The connections of a random process to Redis. */
const someRedisProxy = ({ environment, random }: ScenarioContext): TcpProxy =>
  random.pick([...environment.ingests, environment.worker]).redis;

/** The connections of a random process to Redis, or those of the worker to Customer.io. */
const someProxy = (context: ScenarioContext): TcpProxy =>
  context.random.pick([someRedisProxy(context), context.environment.customerIo]);

const FAULTS: readonly Fault[] = [
  (context) => context.fault('Redis SIGKILL', () => killRedis(context)),
  (context) => context.fault('Redis SIGSTOP', () => freezeRedis(context, context.random.between(500, 6_000))),
  (context) =>
    context.fault('ingest SIGKILL', () => killProcess(context.random.pick(context.environment.ingests))),
  (context) => context.fault('worker SIGKILL', () => killProcess(context.environment.worker)),
  (context) => killWorkerAt(context, context.random.pick(Object.keys(KILL_POINTS))),
  (context) => {
    const name = context.random.pick(Object.keys(CUSTOMERIO_EFFECTS));
    const effect = CUSTOMERIO_EFFECTS[name] ?? { kind: 'hang' };
    const ms = context.random.between(500, 3_000);
    return context.fault(`Customer.io ${name}`, () => failCustomerIo(context, effect, ms));
  },
  (context) => context.fault('half-open connections', () => strandConnections([someProxy(context)])),
  (context) =>
    context.fault('partition', () => partition([someProxy(context)], context.random.between(500, 8_000))),
  (context) =>
    context.fault('connections reset', () =>
      resetConnections([someRedisProxy(context), context.environment.customerIo]),
    ),
  (context) => context.fault('worker restart', () => context.environment.worker.restart()),
];

/** Random faults one after the other, with pauses that are too short for most recoveries to complete. */
export const soak: Scenario = {
  name: 'soak',
  perSecond: 30,
  async inject(context) {
    const until = performance.now() + context.durationMs(FULL_MS, 3_000);
    while (performance.now() < until) {
      await context.waitForMessages(context.random.between(20, 150));
      await context.random.pick(FAULTS)(context);
      await delay(context.random.between(0, 1_000));
    }
  },
};

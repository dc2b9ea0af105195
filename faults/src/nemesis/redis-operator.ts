import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { ScenarioContext } from '../runner/scenario-context';
import { resetConnections } from './network';

const KILL_EVERY_MS = 50;

/** Lets Redis take nothing that needs memory for `ms`. */
export async function fillMemory({ environment }: ScenarioContext, ms: number): Promise<void> {
  await environment.system.configureRedis('maxmemory', '1');
  await delay(ms);
  await environment.system.configureRedis('maxmemory', '0');
}

/** Leaves the append-only file no room for `ms`. */
export async function fillRedisDisk({ environment }: ScenarioContext, ms: number): Promise<void> {
  const disk = environment.disk('redis');
  await disk.fill();
  await delay(ms);
  await disk.free();
}

/** Asks for another password for `ms`: whoever connects meanwhile is refused, and all services have to. */
export async function changePassword({ environment }: ScenarioContext, ms: number): Promise<void> {
  await environment.system.configureRedis('requirepass', 'another');
  await resetConnections([...environment.ingests, environment.worker].map(({ redis }) => redis));
  await delay(ms);
  await environment.system.configureRedis('requirepass', '');
}

/** Has Redis close all connections of the services again and again for `ms`. */
export async function killClients({ environment }: ScenarioContext, ms: number): Promise<void> {
  const { connection, redis } = environment.system;
  const operator = new Redis(redis.url);
  try {
    const own = new Set([await operator.client('ID'), await connection.call('CLIENT', 'ID')].map(String));
    const until = performance.now() + ms;
    while (performance.now() < until) {
      const clients = (await operator.client('LIST')) as string;
      const ids = [...clients.matchAll(/^id=(\d+) /gm)].map(([, id = '']) => id);
      const killed = ids.filter((id) => !own.has(id)).map((id) => operator.client('KILL', 'ID', id));
      await Promise.all(killed);
      await delay(KILL_EVERY_MS);
    }
  } finally {
    operator.disconnect();
  }
}

/** Deletes all that Redis holds, when every message so far has its outcome; what was sent until then is not checked. */
export async function flushAll(context: ScenarioContext): Promise<void> {
  const { environment, workload } = context;
  await workload.withNewSubscribers(async () => {
    await context.waitForRecovery();
    await context.fault('FLUSHALL', () => environment.system.connection.call('FLUSHALL'));
    workload.forgetSubscribers();
  });
}

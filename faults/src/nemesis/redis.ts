import { setTimeout as delay } from 'node:timers/promises';
import type { ScenarioContext } from '../runner/scenario-context';

/** Kills Redis and starts it again, after up to a second, with what it left on disk. */
export async function killRedis({ environment, random }: ScenarioContext): Promise<void> {
  await environment.system.redis.kill('SIGKILL');
  await delay(random.between(50, 1_000));
  await environment.restartRedis();
}

/** Stops Redis from running for `ms`: connections stay open and nothing is answered. */
export async function freezeRedis({ environment }: ScenarioContext, ms: number): Promise<void> {
  await environment.system.redis.kill('SIGSTOP');
  await delay(ms);
  await environment.system.redis.kill('SIGCONT');
}

import { setTimeout as delay } from 'node:timers/promises';
import type { TrapOptions } from '@optout-sync/testkit';
import { killProcess } from '../nemesis/kill-process';
import { waitForTrap } from '../nemesis/wait-for-trap';
import type { Scenario } from '../runner/scenario';
import type { ScenarioContext } from '../runner/scenario-context';

/** Matches the command that enqueues an event. */
const ENQUEUE = /"messageSid"/;

/** Kills an ingest at an enqueue that Redis does not receive (`hold`) or whose answer ingest does not (`hold_answer`). */
async function killAtEnqueue(context: ScenarioContext, name: string, then: TrapOptions['then']) {
  const ingest = context.random.pick(context.environment.ingests);
  await waitForTrap(ingest.redis.trap({ pattern: ENQUEUE, then }), 'an enqueue');
  await context.fault(name, () => killProcess(ingest));
}

export const ingestScenarios: readonly Scenario[] = [
  {
    name: 'ingest-killed-before-enqueue',
    async inject(context) {
      await context.repeat(25, () => killAtEnqueue(context, 'ingest SIGKILL before the enqueue', 'hold'));
    },
  },
  {
    name: 'ingest-killed-after-enqueue',
    async inject(context) {
      await context.repeat(25, () =>
        killAtEnqueue(context, 'ingest SIGKILL after the enqueue', 'hold_answer'),
      );
    },
  },
  {
    name: 'ingest-killed-anywhere',
    async inject(context) {
      const { environment, random } = context;
      await context.repeat(25, async () => {
        await context.waitForMessages(10);
        await delay(random.between(0, 100));
        await context.fault('ingest SIGKILL', () => killProcess(random.pick(environment.ingests)));
      });
    },
  },
  {
    name: 'ingest-killed-spooling',
    async inject(context) {
      const { environment, random } = context;
      await context.repeat(6, async () => {
        await context.waitForMessages(20);
        await environment.system.redis.kill('SIGKILL');
        await context.repeat(4, async () => {
          await context.waitForMessages(random.between(20, 40));
          await context.fault('ingest SIGKILL (power cut)', () =>
            killProcess(random.pick(environment.ingests)),
          );
        });
        await context.fault('Redis SIGKILL', () => environment.restartRedis());
      });
    },
  },
];

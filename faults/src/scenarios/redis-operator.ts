import { changePassword, fillMemory, fillRedisDisk, flushAll, killClients } from '../nemesis/redis-operator';
import type { Scenario } from '../runner/scenario';
import type { ScenarioContext } from '../runner/scenario-context';

/** Repeats a fault that lasts for seconds, with a recovery after each. */
const repeated =
  (times: number, name: string, ms: number, fault: (context: ScenarioContext, ms: number) => Promise<void>) =>
  async (context: ScenarioContext): Promise<void> => {
    await context.repeat(times, async () => {
      await context.waitForMessages(40);
      await context.fault(name, () => fault(context, context.durationMs(ms, 1_000)));
      await context.waitForRecovery();
    });
  };

/** What an operator, or the machine of Redis, does to it. */
export const redisOperatorScenarios: readonly Scenario[] = [
  {
    name: 'redis-maxmemory',
    fullOnly: true,
    inject: repeated(4, 'Redis is full', 5_000, fillMemory),
  },
  {
    name: 'redis-disk-full',
    fullOnly: true,
    environment: { smallDisks: true },
    inject: repeated(3, 'the disk of Redis is full', 8_000, fillRedisDisk),
  },
  {
    name: 'redis-password-changed',
    fullOnly: true,
    inject: repeated(3, 'another password', 8_000, changePassword),
  },
  {
    name: 'redis-clients-killed',
    fullOnly: true,
    inject: repeated(4, 'CLIENT KILL', 5_000, killClients),
  },
  {
    name: 'redis-flushall',
    fullOnly: true,
    async inject(context) {
      await context.repeat(3, async () => {
        await context.waitForMessages(100);
        await flushAll(context);
      });
      await context.waitForMessages(200);
    },
  },
];

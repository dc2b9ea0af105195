import { freezeRedis, killRedis } from '../nemesis/redis';
import type { Scenario } from '../runner/scenario';

export const redisScenarios: readonly Scenario[] = [
  {
    name: 'redis-killed',
    async inject(context) {
      await context.repeat(20, async () => {
        await context.waitForMessages(context.random.between(20, 80));
        await context.fault('Redis SIGKILL', () => killRedis(context));
      });
    },
  },
  {
    name: 'redis-frozen',
    async inject(context) {
      for (const ms of [5_000, 20_000]) {
        await context.waitForMessages(40);
        await context.fault('Redis SIGSTOP', () => freezeRedis(context, context.durationMs(ms, ms / 10)));
        await context.waitForRecovery();
      }
    },
  },
];

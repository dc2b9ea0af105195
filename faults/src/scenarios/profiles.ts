import { setTimeout as delay } from 'node:timers/promises';
import { passRuns } from '../environment/reconciler-pass';
import { failCustomerIo } from '../nemesis/customerio';
import { killProcess } from '../nemesis/kill-process';
import { changeProfiles } from '../nemesis/profiles';
import { killRedis } from '../nemesis/redis';
import type { Scenario } from '../runner/scenario';
import type { ScenarioContext } from '../runner/scenario-context';

/** Profiles change, then a fault, then profiles change again. */
const around =
  (fault: (context: ScenarioContext) => Promise<void>): Scenario['inject'] =>
  async (context) => {
    await context.repeat(10, async () => {
      await context.waitForMessages(40);
      changeProfiles(context);
      await fault(context);
      changeProfiles(context);
    });
  };

export const profileScenarios: readonly Scenario[] = [
  {
    name: 'profiles-worker-killed',
    changesProfiles: true,
    inject: around((context) =>
      context.fault('worker SIGKILL', () => killProcess(context.environment.worker)),
    ),
  },
  {
    name: 'profiles-redis-killed',
    changesProfiles: true,
    inject: around((context) => context.fault('Redis SIGKILL', () => killRedis(context))),
  },
  {
    name: 'profiles-customerio-down',
    changesProfiles: true,
    inject: around((context) => {
      const ms = context.durationMs(context.random.between(1_000, 3_000), 300);
      const effect = { kind: 'status', status: 500 } as const;
      return context.fault('Customer.io 500', () => failCustomerIo(context, effect, ms));
    }),
  },
  {
    name: 'profiles-sweep-killed',
    changesProfiles: true,
    // The only worker holds the lease of the reconciler. The next one continues the pass when that lease has expired.
    inject: around(async (context) => {
      await passRuns(context.environment);
      await context.fault('lease holder SIGKILL', async () => {
        await delay(context.random.between(0, 1_000));
        await killProcess(context.environment.worker);
      });
    }),
  },
];

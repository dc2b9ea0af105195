import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { killProcess } from '../nemesis/kill-process';
import type { Scenario } from '../runner/scenario';

export const spoolScenarios: readonly Scenario[] = [
  {
    // While its disk is full, an ingest must refuse what it cannot spool: the sender goes to the other one. A power cut tells.
    name: 'spool-disk-full',
    fullOnly: true,
    environment: { smallDisks: true },
    async inject(context) {
      const { environment } = context;
      const [ingest] = environment.ingests;
      const disk = environment.disk('spool');
      await context.repeat(3, async () => {
        await context.waitForMessages(40);
        await environment.system.redis.kill('SIGKILL');
        await context.waitForMessages(40);
        await context.fault('the disk of the spool is full', async () => {
          await disk.fill();
          await context.waitForMessages(100);
          await ingest.kill();
          await disk.free();
          await ingest.start();
        });
        await context.waitForMessages(40);
        await environment.restartRedis();
        await context.waitForRecovery();
      });
    },
  },
  {
    // The folder is deleted while nothing is spooled. What is answered 200 afterwards must be in the new one: a power cut tells.
    name: 'spool-deleted',
    fullOnly: true,
    async inject(context) {
      const { environment } = context;
      const [ingest] = environment.ingests;
      await context.repeat(5, async () => {
        await context.waitForMessages(40);
        await context.fault('spool deleted', () => rm(ingest.spoolFolder, { recursive: true }));
        await delay(context.random.between(0, 1_000));
        await environment.system.redis.kill('SIGKILL');
        await context.waitForMessages(60);
        await killProcess(ingest);
        await context.waitForMessages(20);
        await environment.restartRedis();
        await context.waitForRecovery();
      });
    },
  },
];

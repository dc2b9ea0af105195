import { KILL_POINTS, killWorkerAt } from '../nemesis/kill-worker-at';
import type { Scenario } from '../runner/scenario';

const killed: readonly Scenario[] = Object.keys(KILL_POINTS).map((point) => ({
  name: `worker-killed-${point}`,
  async inject(context) {
    await context.repeat(25, async () => {
      await context.waitForMessages(20);
      await killWorkerAt(context, point);
    });
  },
}));

export const workerScenarios: readonly Scenario[] = [
  ...killed,
  {
    // Its jobs stall: the other worker runs them, and the first one continues them in the middle when it wakes.
    name: 'worker-frozen',
    fullOnly: true,
    async inject(context) {
      const { worker } = context.environment;
      const second = await context.environment.startSecondWorker();
      await context.repeat(2, async () => {
        await context.waitForMessages(40);
        await context.fault('worker SIGSTOP', () => worker.freeze(context.durationMs(60_000, 12_000)));
        await context.waitForRecovery();
      });
      await second.stop();
    },
  },
];

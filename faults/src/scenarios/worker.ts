import { KILL_POINTS, killWorkerAt } from '../nemesis/kill-worker-at';
import type { Scenario } from '../runner/scenario';

export const workerScenarios: readonly Scenario[] = Object.keys(KILL_POINTS).map((point) => ({
  name: `worker-killed-${point}`,
  async inject(context) {
    await context.repeat(25, async () => {
      await context.waitForMessages(20);
      await killWorkerAt(context, point);
    });
  },
}));

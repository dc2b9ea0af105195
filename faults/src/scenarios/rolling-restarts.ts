import type { Scenario } from '../runner/scenario';

export const rollingRestarts: Scenario = {
  name: 'rolling-restarts',
  perSecond: 200,
  async inject(context) {
    const { environment } = context;
    const [one, two] = environment.ingests;
    const second = await environment.startSecondWorker();
    await context.repeat(20, async () => {
      await context.waitForMessages(100);
      await context.fault('rolling restart', async () => {
        await Promise.all([one.restart(), environment.worker.restart()]);
        await Promise.all([two.restart(), second.restart()]);
      });
    });
    await second.stop();
  },
};

import type { Scenario } from '../scenario';

export const rollingRow: Scenario = {
  name: 'rolling-restarts',
  perSecond: 200,
  async inject(play) {
    const { stage } = play;
    const [one, two] = stage.ingests;
    const second = await stage.secondWorker();
    await play.times(20, async () => {
      await play.messages(100);
      await play.fault('rolling restart', async () => {
        await Promise.all([one.restart(), stage.worker.restart()]);
        await Promise.all([two.restart(), second.restart()]);
      });
    });
    await second.stop();
  },
};

import { setTimeout as delay } from 'node:timers/promises';
import type { Play, Scenario } from '../scenario';
import { EFFECTS, burst } from './customerio';
import { partition } from './half-open';
import { killIngest } from './ingest';
import { freezeRedis, killRedis } from './redis';
import { POINTS, killWorker, killWorkerAt } from './worker';

const FULL_MS = 600_000;

type Fault = (play: Play) => Promise<void>;

const seatOf = ({ stage, random }: Play) => random.pick([...stage.ingests, stage.worker]);

const FAULTS: readonly Fault[] = [
  (play) => play.fault('Redis SIGKILL', () => killRedis(play)),
  (play) => play.fault('Redis SIGSTOP', () => freezeRedis(play, play.random.between(500, 6_000))),
  (play) => play.fault('ingest SIGKILL', () => killIngest(play.random.pick(play.stage.ingests))),
  (play) => play.fault('worker SIGKILL', () => killWorker(play.stage.worker)),
  (play) => killWorkerAt(play, play.random.pick(Object.keys(POINTS))),
  (play) => {
    const name = play.random.pick(Object.keys(EFFECTS));
    const ms = play.random.between(500, 3_000);
    return play.fault(`Customer.io ${name}`, () => burst(play, EFFECTS[name] ?? { kind: 'hang' }, ms));
  },
  (play) =>
    play.fault('half-open connections', async () => {
      const ways = [seatOf(play).redis, play.stage.customerIo];
      play.random.pick(ways).strandAll();
      await Promise.resolve();
    }),
  (play) => {
    const ways = [seatOf(play).redis, play.stage.customerIo];
    return play.fault('partition', () =>
      partition([play.random.pick(ways)], play.random.between(500, 8_000)),
    );
  },
  (play) =>
    play.fault('connections reset', async () => {
      seatOf(play).redis.resetAll();
      play.stage.customerIo.resetAll();
      await Promise.resolve();
    }),
  (play) => play.fault('worker restart', () => play.stage.worker.restart()),
];

/** Everything, at random, one after the other, with pauses that are too short for most of them to be over. */
export const soakRow: Scenario = {
  name: 'soak',
  perSecond: 30,
  async inject(play) {
    const until = performance.now() + play.lasting(FULL_MS, 3_000);
    while (performance.now() < until) {
      await play.messages(play.random.between(20, 150));
      await play.random.pick(FAULTS)(play);
      await delay(play.random.between(0, 1_000));
    }
  },
};

import { setTimeout as delay } from 'node:timers/promises';
import type { Trap } from '@optout-sync/testkit';
import type { ManagedProcess } from '../environment/managed-process';
import type { Play, Scenario } from '../scenario';
import { waitForTrap } from './wait-for-trap';

/** The enqueueing of an event, as it passes to Redis. */
const ENQUEUE = /"messageSid"/;

/** Kills an ingest and starts it again, on the same spool. */
export async function killIngest(seat: ManagedProcess): Promise<void> {
  await seat.kill();
  await seat.start();
}

/** Kills it when the trap has caught something. */
async function killAt(play: Play, name: string, seat: ManagedProcess, trap: Trap): Promise<void> {
  await waitForTrap(trap, name);
  await play.fault(name, () => killIngest(seat));
}

export const ingestRows: readonly Scenario[] = [
  {
    name: 'ingest-killed-before-enqueue',
    async inject(play) {
      await play.times(25, async () => {
        const seat = play.random.pick(play.stage.ingests);
        const trap = seat.redis.trap({ pattern: ENQUEUE, then: 'hold' });
        await killAt(play, 'ingest SIGKILL before the enqueue', seat, trap);
      });
    },
  },
  {
    name: 'ingest-killed-after-enqueue',
    async inject(play) {
      await play.times(25, async () => {
        const seat = play.random.pick(play.stage.ingests);
        const trap = seat.redis.trap({ pattern: ENQUEUE, then: 'hold_answer' });
        await killAt(play, 'ingest SIGKILL after the enqueue', seat, trap);
      });
    },
  },
  {
    name: 'ingest-killed-anywhere',
    async inject(play) {
      await play.times(25, async () => {
        await play.messages(10);
        await delay(play.random.between(0, 100));
        await play.fault('ingest SIGKILL', () => killIngest(play.random.pick(play.stage.ingests)));
      });
    },
  },
  {
    name: 'ingest-killed-spooling',
    async inject(play) {
      const { stage, random } = play;
      await play.times(6, async () => {
        await play.messages(20);
        await stage.system.redis.kill('SIGKILL');
        await play.times(4, async () => {
          await play.messages(random.between(20, 40));
          await play.fault('ingest SIGKILL (power cut)', () => killIngest(random.pick(stage.ingests)));
        });
        await play.fault('Redis SIGKILL', () => stage.restartRedis());
      });
    },
  },
];

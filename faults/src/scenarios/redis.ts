import { setTimeout as delay } from 'node:timers/promises';
import type { Play, Scenario } from '../scenario';

export async function killRedis({ stage, random }: Play): Promise<void> {
  await stage.system.redis.kill('SIGKILL');
  await delay(random.between(50, 1_000));
  await stage.restartRedis();
}

export async function freezeRedis({ stage }: Play, ms: number): Promise<void> {
  await stage.system.redis.kill('SIGSTOP');
  await delay(ms);
  await stage.system.redis.kill('SIGCONT');
}

export const redisRows: readonly Scenario[] = [
  {
    name: 'redis-killed',
    async inject(play) {
      await play.times(20, async () => {
        await play.messages(play.random.between(20, 80));
        await play.fault('Redis SIGKILL', () => killRedis(play));
      });
    },
  },
  {
    name: 'redis-frozen',
    async inject(play) {
      for (const ms of [5_000, 20_000]) {
        await play.messages(40);
        await play.fault('Redis SIGSTOP', () => freezeRedis(play, play.lasting(ms, ms / 10)));
        await play.settled();
      }
    },
  },
];

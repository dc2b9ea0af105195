import { setTimeout as delay } from 'node:timers/promises';
import type { TcpProxy } from '@optout-sync/testkit';
import type { Play, Scenario } from '../scenario';

/** Connections go silent for good without being closed; new ones work. */
async function strand(proxies: readonly TcpProxy[]): Promise<void> {
  for (const proxy of proxies) proxy.strandAll();
  await Promise.resolve();
}

/** Nothing passes for a while, closings neither; then all that was held back does. */
export async function partition(proxies: readonly TcpProxy[], ms: number): Promise<void> {
  for (const proxy of proxies) proxy.blackhole();
  await delay(ms);
  for (const proxy of proxies) proxy.heal();
}

const redisWays = ({ stage }: Play): TcpProxy[] => [...stage.ingests, stage.worker].map((seat) => seat.redis);

function halfOpenRow(name: string, waysOf: (play: Play) => TcpProxy[]): Scenario {
  return {
    name,
    async inject(play) {
      await play.times(3, async () => {
        await play.messages(40);
        await play.fault('half-open connections', () => strand(waysOf(play)));
        await play.settled();
      });
      await play.times(2, async () => {
        await play.messages(40);
        await play.fault('partition', () => partition(waysOf(play), play.lasting(12_000, 1_000)));
        await play.settled();
      });
    },
  };
}

export const halfOpenRows: readonly Scenario[] = [
  halfOpenRow('half-open-redis', redisWays),
  halfOpenRow('half-open-customerio', ({ stage }) => [stage.customerIo]),
];

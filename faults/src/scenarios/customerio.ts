import { setTimeout as delay } from 'node:timers/promises';
import type { FaultEffect } from '@optout-sync/customerio-sandbox';
import type { Play, Scenario } from '../scenario';

/** Each is what every request meets during a burst. */
export const EFFECTS: Readonly<Record<string, FaultEffect>> = {
  500: { kind: 'status', status: 500 },
  429: { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
  '429-unadvised': { kind: 'status', status: 429 },
  reset: { kind: 'reset' },
  drip: { kind: 'drip', bytesPerSecond: 40 },
  'answer-lost': { kind: 'answer_lost' },
};

/** A while in which that befalls every request. */
export async function burst({ stage }: Play, effect: FaultEffect, ms: number): Promise<void> {
  const fault = stage.system.sandbox.fault({ effect });
  await delay(ms);
  fault.remove();
}

export const customerIoRows: readonly Scenario[] = Object.entries(EFFECTS).map(([name, effect]) => ({
  name: `customerio-${name}`,
  async inject(play) {
    await play.times(6, async () => {
      await play.messages(40);
      const ms = play.random.between(1_000, 3_000);
      await play.fault(`Customer.io ${name}`, () => burst(play, effect, play.lasting(ms, 300)));
    });
  },
}));

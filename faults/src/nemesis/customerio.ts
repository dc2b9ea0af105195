import { setTimeout as delay } from 'node:timers/promises';
import type { FaultEffect } from '@optout-sync/customerio-sandbox';
import type { ScenarioContext } from '../runner/scenario-context';

/** What happens to every request during a burst. */
export const CUSTOMERIO_EFFECTS: Readonly<Record<string, FaultEffect>> = {
  500: { kind: 'status', status: 500 },
  429: { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
  '429-unadvised': { kind: 'status', status: 429 },
  reset: { kind: 'reset' },
  drip: { kind: 'drip', bytesPerSecond: 40 },
  'answer-lost': { kind: 'answer_lost' },
};

/** Applies an effect to every request to Customer.io for `ms`. */
export async function failCustomerIo(
  { environment }: ScenarioContext,
  effect: FaultEffect,
  ms: number,
): Promise<void> {
  const fault = environment.system.sandbox.fault({ effect });
  await delay(ms);
  fault.remove();
}

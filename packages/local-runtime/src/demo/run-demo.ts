import type { Plan } from '../config/plan';
import type { SystemUrls } from '../system/local-system';
import { observe } from './observe';
import { asExpected, resultTable } from './result-table';
import { SAMPLES } from './samples';
import { sendSamples } from './send-samples';

/**
 * Sends the sample messages through the running system and prints the outcome of each.
 *
 * @returns whether all outcomes are as expected and no person was created
 * @throws {Error} when ingest does not respond
 */
export async function runDemo(
  plan: Plan & { mode: 'demo' },
  urls: SystemUrls,
  say: (line: string) => void,
): Promise<boolean> {
  // Where sweeps are off or only report, nobody opts out a profile that is created afterwards.
  const samples = SAMPLES.filter(({ profileAfterwards }) => plan.reconciles || !profileAfterwards);
  const deliveries = await sendSamples(samples, plan.account, urls.webhook);
  const redis = { mode: 'standalone', url: urls.redis ?? '', prefix: plan.config.prefix } as const;
  const { observed, created } = await observe(deliveries, redis, urls.sandbox ?? '');
  const expected = observed.filter(asExpected).length;
  say(resultTable(observed));
  say(`${expected} of ${observed.length} sample messages ended as expected; people created: ${created}`);
  return expected === observed.length && created === 0;
}

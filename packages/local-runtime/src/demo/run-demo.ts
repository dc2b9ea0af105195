import type { Plan } from '../config/plan';
import type { SystemUrls } from '../system/local-system';
import { observe } from './observe';
import { asExpected, resultTable } from './result-table';
import { SAMPLES } from './samples';
import { isFoundAfterStop, sendAfterStop } from './send-after-stop';
import { sendSamples } from './send-samples';

const SENT_AFTER =
  'a message to somebody after their STOP was found in the log of what Twilio sent: npx optout-sync sent-after list';
const SENT_AFTER_MISSED =
  'a message to somebody after their STOP was not found in the log of what Twilio sent within 30 s';

/**
 * Sends the sample messages through the running system and prints the outcome of each. Then has a message sent after a STOP.
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
  const sent = await sendAfterStop(plan.account, urls.twilioApi ?? '', SAMPLES[0]?.from ?? '');
  const redis = { mode: 'standalone', url: urls.redis ?? '', prefix: plan.config.prefix } as const;
  const { observed, created } = await observe(deliveries, redis, urls.sandbox ?? '');
  const expected = observed.filter(asExpected).length;
  say(resultTable(observed));
  say(`${expected} of ${observed.length} sample messages ended as expected; people created: ${created}`);
  const isFound = await isFoundAfterStop(sent, redis);
  say(isFound ? SENT_AFTER : SENT_AFTER_MISSED);
  return expected === observed.length && created === 0 && isFound;
}

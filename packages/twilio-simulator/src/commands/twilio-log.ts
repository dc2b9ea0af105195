import { encodeParams, type TwilioParams } from '../webhooks/params';
import type { Credentials } from './target';
import { SimulatorError, type Terminal } from './terminal';

/**
 * Adds a message to the log of the demo's imitation of Twilio, from which `backfill` and `assess` read. Elsewhere there is
 * none, and nothing is done.
 *
 * @returns whether there is one
 * @throws {SimulatorError} when it does not take the message
 */
export async function logAtTwilio(
  params: TwilioParams,
  { account, authToken }: Pick<Credentials, 'account' | 'authToken'>,
  { SIMULATED_TWILIO_URL: url }: Terminal['env'],
): Promise<boolean> {
  if (!url) return false;
  const authorization = `Basic ${Buffer.from(`${account}:${authToken}`).toString('base64')}`;
  const response = await fetch(new URL('/__simulator/messages', url), {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
    body: encodeParams(params),
    signal: AbortSignal.timeout(10_000),
  }).catch((error: unknown) => {
    throw new SimulatorError(
      `the demo's imitation of Twilio at ${url} does not answer: ${(error as Error).message}. ` +
        'data/logs/twilio-api.log says why; start the demo again.',
      'no_answer',
    );
  });
  if (response.ok) return true;
  throw new SimulatorError(
    `the demo's imitation of Twilio at ${url} answered ${String(response.status)}: is --account the demo's?`,
  );
}

/** What is said of a message that is in the log only. */
export function lostText(summary: Readonly<Record<string, string | undefined>>): string {
  const lines = Object.entries(summary).filter(([, value]) => value !== undefined);
  return [
    "In Twilio's log, and sent to nobody:",
    ...lines.map(([name, value = '']) => `  ${name.padEnd(21)} ${value}`),
    '',
    'To find it: optout-sync backfill --since 1h',
  ].join('\n');
}

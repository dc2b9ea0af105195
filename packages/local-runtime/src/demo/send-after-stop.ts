import type { RedisConfig } from '@optout-sync/shared/config';
import { CLOCK_TOLERANCE_MS } from '@optout-sync/shared/domain';
import { connectRedis, untilReady } from '@optout-sync/shared/redis';
import { SentAfterLists } from '@optout-sync/shared/sent-after';
import { TWILIO_MESSAGING_SERVICE_SID, messageSid } from '@optout-sync/twilio-simulator';
import type { DemoAccount } from '../config/demo-env';
import { waitFor } from '../process/wait-for';

const FIND_MS = 30_000;

/**
 * Has Twilio's log say that two messages are sent to somebody who has just opted out: the confirmation, and one that should not be sent.
 *
 * @param twilioApi the imitation of Twilio's APIs
 * @returns the MessageSid of the second one
 * @throws {Error} when the imitation does not take them
 */
export async function sendAfterStop(
  { accountSid, authToken }: DemoAccount,
  twilioApi: string,
  phone: string,
): Promise<string> {
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  const at = Date.now() + CLOCK_TOLERANCE_MS + 1_000;
  const log = async (sentAt: number): Promise<string> => {
    const sid = messageSid();
    const response = await fetch(`${twilioApi}/__simulator/messages`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams({
        MessageSid: sid,
        MessageStatus: 'delivered',
        MessagingServiceSid: TWILIO_MESSAGING_SERVICE_SID,
        From: '+15005550006',
        To: phone,
        Body: 'Hello',
        DateSent: new Date(sentAt).toISOString(),
      }),
    });
    if (!response.ok) throw new Error(`the imitation of Twilio's APIs answers ${String(response.status)}`);
    return sid;
  };
  await log(at);
  return log(at + 1_000);
}

/** Waits until the worker has found that message in the log, 30 s at most. Returns whether it has. */
export async function isFoundAfterStop(messageSid: string, config: RedisConfig): Promise<boolean> {
  const redis = connectRedis(config, 'store', () => undefined);
  await untilReady(redis);
  const lists = new SentAfterLists(redis, config.prefix);
  const isFound = async (): Promise<boolean> =>
    (await lists.page('same_sender', { limit: 10 })).entries.some((entry) => entry.messageSid === messageSid);
  const what = "the worker to read what Twilio's log has";
  try {
    return await waitFor(isFound, { what, timeoutMs: FIND_MS }).then(
      () => true,
      () => false,
    );
  } finally {
    redis.disconnect();
  }
}

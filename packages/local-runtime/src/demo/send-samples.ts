import { messageSid, sendTwilioWebhook, twilioMessage } from '@optout-sync/twilio-simulator';
import type { DemoAccount } from '../config/demo-env';
import { demoLink, pressLink } from './press-link';
import type { Sample } from './samples';

/** A sample that was delivered, and the HTTP status of ingest's response. The SID of what is not a text is ingest's to give. */
export interface Delivery {
  readonly sample: Sample;
  readonly sid: string;
  readonly status: number;
}

/**
 * Delivers the samples one after the other, signed, as Twilio does.
 *
 * @throws {Error} when ingest does not respond
 */
export async function sendSamples(
  samples: readonly Sample[],
  account: DemoAccount,
  url: string,
): Promise<Delivery[]> {
  const { accountSid, authToken } = account;
  const deliveries: Delivery[] = [];
  for (const sample of samples) {
    const repeated = deliveries.find((delivery) => delivery.sample.title === sample.repeats);
    const sid = repeated?.sid ?? messageSid();
    if (sample.byLink) {
      const status = await pressLink(demoLink(account, sample.from, url));
      deliveries.push({ sample, sid, status });
      continue;
    }
    const params = twilioMessage({
      MessageSid: sid,
      AccountSid: accountSid,
      From: sample.from,
      Body: sample.body,
      OptOutType: sample.optOutType?.toUpperCase(),
    });
    const token = sample.forged ? `${authToken}-forged` : authToken;
    const { status } = await sendTwilioWebhook({ url, params, authToken: token });
    deliveries.push({ sample, sid, status });
  }
  return deliveries;
}

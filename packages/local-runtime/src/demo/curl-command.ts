import { DEMO_PHONES } from '@optout-sync/customerio-sandbox';
import { signForm, twilioMessage } from '@optout-sync/twilio-simulator';
import type { DemoAccount } from '../config/demo-env';

/** A command line that delivers one more signed STOP, as Twilio does. */
export function curlCommand({ accountSid, authToken }: DemoAccount, url: string): string {
  const params = twilioMessage({
    AccountSid: accountSid,
    From: DEMO_PHONES.single,
    Body: 'STOP',
    OptOutType: 'STOP',
  });
  const signature = signForm({ url, params, authToken });
  return `curl -i ${url} -H 'X-Twilio-Signature: ${signature}' -d '${new URLSearchParams(params).toString()}'`;
}

/** A command line that reports a person, as a Customer.io workflow does. */
export function peopleCurlCommand(token: string, url: string): string {
  const body = JSON.stringify({ phone: DEMO_PHONES.single });
  return `curl -i ${url} -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d '${body}'`;
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TWILIO_ACCOUNT_SID, startTwilioApi, type TwilioApi } from '@optout-sync/twilio-simulator';
import { expectedAttribute } from '../model/reference-model';
import { SENDERS } from '../workload/deliveries';
import type { Subscriber } from '../workload/subscriber';

/** A sender that nobody texts: what Twilio has of it, the worker wrote. */
const OTHER_SENDER = '+15005550099';
const KEY = { sid: `SK${'1'.repeat(32)}`, secret: 's3cret', accountSid: TWILIO_ACCOUNT_SID };

/** Twilio's Consents API, and the settings by which the worker writes every opt-out there for every sender of the account. */
export class TwilioAccess {
  private constructor(
    private readonly api: TwilioApi,
    readonly env: Record<string, string>,
  ) {}

  /** @param folder for the configuration file */
  static async open(folder: string): Promise<TwilioAccess> {
    const token = '0'.repeat(32);
    const api = await startTwilioApi({ [TWILIO_ACCOUNT_SID]: token });
    api.addKey(KEY);
    const services = Object.fromEntries(SENDERS.map((sender, n) => [sender, [`+1500555000${String(n)}`]]));
    const account = {
      sid: TWILIO_ACCOUNT_SID,
      auth_tokens: [token],
      consents: true,
      api_key: KEY.sid,
      api_secret: KEY.secret,
      services,
      numbers: [OTHER_SENDER],
    };
    const path = join(folder, 'optout.yaml');
    // JSON is YAML.
    writeFileSync(path, JSON.stringify({ twilio: { accounts: [account] } }));
    return new TwilioAccess(api, { OPTOUT_CONFIG: path, TWILIO_API_URL: api.url, CONSENT_SCOPE: 'account' });
  }

  /** See `TwilioApi.behave`. */
  behave(behaviour?: Parameters<TwilioApi['behave']>[0]): void {
    this.api.behave(behaviour);
  }

  /** Says what is wrong where Twilio lacks the opt-out of a subscriber. */
  missing({ phone, accepted }: Subscriber): string | undefined {
    if (expectedAttribute(accepted) !== true) return undefined;
    const status = this.api.account(TWILIO_ACCOUNT_SID).consents.get(`${OTHER_SENDER} ${phone}`)?.status;
    return status === 'opt-out' ? undefined : `${phone}: is not on Twilio's list, but ${String(status)}`;
  }

  async stop(): Promise<void> {
    await this.api.stop();
  }
}

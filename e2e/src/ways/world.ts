import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCustomerIoSandbox, type CustomerIoSandbox } from '@optout-sync/customerio-sandbox';
import { AUTH_TOKEN, System, type Running } from '@optout-sync/testkit/system';
import { TWILIO_ACCOUNT_SID, startTwilioApi, type TwilioApi } from '@optout-sync/twilio-simulator';

/** Authenticates the help desk. */
export const INTAKE_TOKEN = 'a-token-for-the-help-desk';
/** Limits belong to other tests: here it matters what is written, not when. */
const UNLIMITED = { appRps: 0, trackRps: 0 };

/** One running system for all ways, and beside it a Customer.io that only the ten-line Function writes to. */
export interface World {
  readonly system: System;
  readonly twilio: TwilioApi;
  readonly ofFunction: CustomerIoSandbox;
  readonly ingest: Running;
  /** Another ingest: that of the fallback URL. It treats wording as an opt-out; the first one puts it on the review list. */
  readonly fallback: Running;
  stop(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const twilio = await startTwilioApi({ [TWILIO_ACCOUNT_SID]: AUTH_TOKEN });
  const ofFunction = await startCustomerIoSandbox(UNLIMITED);
  const system = await System.start({
    sandbox: UNLIMITED,
    env: {
      TWILIO_API_URL: twilio.url,
      CUSTOMERIO_APP_RPS: '500',
      CUSTOMERIO_TRACK_RPS: '500',
      CUSTOMERIO_PHONE_FORMATS: 'e164,national',
      DEFAULT_COUNTRY: 'US',
      RECONCILE_PERIOD: 'off',
      LINK_KEY: randomBytes(32).toString('base64'),
    },
  });
  const folder = await system.newFolder();
  const configured = (wording: string): Record<string, string> => {
    const file = join(folder, `${wording}.yaml`);
    const keywords = `keywords: { wording: ${wording}, languages: { es: default } }`;
    writeFileSync(file, `${keywords}\nintake: [{ name: helpdesk, token: ${INTAKE_TOKEN} }]\n`);
    return { OPTOUT_CONFIG: file };
  };
  const [ingest, fallback] = await Promise.all([
    system.startIngest(configured('flag')),
    system.startIngest(configured('apply')),
    system.startWorker(configured('flag')),
  ]);
  return {
    system,
    twilio,
    ofFunction,
    ingest,
    fallback,
    async stop() {
      await system.stop();
      await Promise.all([twilio.stop(), ofFunction.stop()]);
    },
  };
}

import type { CustomerIoSandbox } from '@optout-sync/customerio-sandbox';
import type { Env } from '@optout-sync/shared/config';
import { TWILIO_ACCOUNT_SID, type TwilioApi } from '@optout-sync/twilio-simulator';

export const AUTH_TOKEN = '0123456789abcdef0123456789abcdef';
export const PUBLIC_URL = 'https://optout.example.com';

/** The settings by which commands use these two services. */
export function accountsEnv(sandbox: CustomerIoSandbox, api: TwilioApi): Env {
  const { siteId, trackApiKey, appApiKey, region } = sandbox.workspace();
  return {
    PUBLIC_URL,
    TWILIO_ACCOUNT_SID,
    TWILIO_AUTH_TOKEN: AUTH_TOKEN,
    TWILIO_API_URL: api.url,
    CUSTOMERIO_SITE_ID: siteId,
    CUSTOMERIO_TRACK_API_KEY: trackApiKey,
    CUSTOMERIO_APP_API_KEY: appApiKey,
    CUSTOMERIO_REGION: region,
    CUSTOMERIO_APP_URL: sandbox.appUrl,
    CUSTOMERIO_TRACK_URL: sandbox.trackUrl,
  };
}

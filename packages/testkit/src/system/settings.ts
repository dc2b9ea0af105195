import { TWILIO_ACCOUNT_SID } from '@optout-sync/twilio-simulator';
import type { CustomerIoSandbox } from '@optout-sync/customerio-sandbox';

export const AUTH_TOKEN = '0123456789abcdef0123456789abcdef';
export const PUBLIC_URL = 'https://optout.example.com';
/** Authenticates callers of the Studio route that are not Twilio. */
export const STUDIO_TOKEN = 'a-token-for-the-studio-route';
/** Authenticates the Customer.io workflow that reports people. */
export const WEBHOOK_TOKEN = 'a-token-for-the-people-route';

/** The settings of every service that runs against this sandbox. */
export function settingsFor(sandbox: CustomerIoSandbox): Record<string, string> {
  const { siteId, trackApiKey, appApiKey, region } = sandbox.workspace();
  return {
    PUBLIC_URL,
    TWILIO_ACCOUNT_SID,
    TWILIO_AUTH_TOKEN: AUTH_TOKEN,
    STUDIO_TOKEN,
    CUSTOMERIO_WEBHOOK_TOKEN: WEBHOOK_TOKEN,
    CUSTOMERIO_SITE_ID: siteId,
    CUSTOMERIO_TRACK_API_KEY: trackApiKey,
    CUSTOMERIO_APP_API_KEY: appApiKey,
    CUSTOMERIO_REGION: region,
    CUSTOMERIO_APP_URL: sandbox.appUrl,
    CUSTOMERIO_TRACK_URL: sandbox.trackUrl,
  };
}

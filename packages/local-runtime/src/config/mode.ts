import type { Env } from '@optout-sync/shared/config';

/** `demo`: with the Customer.io sandbox. `real`: with the accounts that are configured. */
export type Mode = 'demo' | 'real';

/** Variables that are set only to run on real accounts. Each may also come as `X_FILE`. */
export const REAL_MODE_VARIABLES = [
  'OPTOUT_CONFIG',
  'TWILIO_ACCOUNT_SID',
  'TWILIO_AUTH_TOKEN',
  'CUSTOMERIO_SITE_ID',
  'CUSTOMERIO_TRACK_API_KEY',
  'CUSTOMERIO_APP_API_KEY',
  'CUSTOMERIO_CAMPAIGN_WEBHOOK_URL',
] as const;

/** Real as soon as any of them is set. The services check whether the configuration is complete. */
export function decideMode(env: Env): Mode {
  return REAL_MODE_VARIABLES.some((name) => env[name] || env[`${name}_FILE`]) ? 'real' : 'demo';
}

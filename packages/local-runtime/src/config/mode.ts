import type { Env } from '@optout-sync/shared/config';

/** `demo`: against the Customer.io sandbox. `real`: against the accounts that are configured. */
export type Mode = 'demo' | 'real';

/** What is set only by somebody who means the real thing. Each may also come as `X_FILE`. */
export const REAL_MODE_VARIABLES = [
  'OPTOUT_CONFIG',
  'TWILIO_ACCOUNT_SID',
  'TWILIO_AUTH_TOKEN',
  'CUSTOMERIO_SITE_ID',
  'CUSTOMERIO_TRACK_API_KEY',
  'CUSTOMERIO_APP_API_KEY',
  'CUSTOMERIO_CAMPAIGN_WEBHOOK_URL',
] as const;

/** Real as soon as any of these is set: whether it is enough to run with, the services themselves say. */
export function decideMode(env: Env): Mode {
  return REAL_MODE_VARIABLES.some((name) => env[name] || env[`${name}_FILE`]) ? 'real' : 'demo';
}

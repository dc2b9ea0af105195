import { ConfigError, type Env } from '@optout-sync/shared';

/** `demo`: against the Customer.io sandbox. `real`: against the accounts the credentials are for. */
export type Mode = 'demo' | 'real';

export const CREDENTIALS = [
  'TWILIO_ACCOUNT_SID',
  'TWILIO_AUTH_TOKEN',
  'CUSTOMERIO_SITE_ID',
  'CUSTOMERIO_TRACK_API_KEY',
  'CUSTOMERIO_APP_API_KEY',
] as const;

/**
 * Real when every credential is set (as `X` or `X_FILE`), demo when none is.
 *
 * @throws ConfigError naming all that are missing when only some are set: that is a mistake, not a wish for a demo.
 */
export function decideMode(env: Env): Mode {
  const missing = CREDENTIALS.filter((name) => !env[name] && !env[`${name}_FILE`]);
  if (missing.length === 0) return 'real';
  if (missing.length === CREDENTIALS.length) return 'demo';
  throw new ConfigError(missing.map((name) => `${name} is required, since other credentials are set`));
}

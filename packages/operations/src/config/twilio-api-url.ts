import {
  MUST_BE_HTTPS,
  baseUrl,
  defaultOf,
  mayBeCalled,
  parseEnv,
  type Env,
} from '@optout-sync/shared/config';

/** Reads the base URL of Twilio's REST API, which gets the auth token. @throws {ConfigError} */
export function readTwilioApiUrl(env: Env): string {
  const schema = baseUrl.refine(mayBeCalled(env), MUST_BE_HTTPS).prefault(defaultOf('TWILIO_API_URL'));
  return parseEnv({ TWILIO_API_URL: schema }, env).TWILIO_API_URL;
}

import { baseUrl } from './fields';
import { MUST_BE_HTTPS, mayBeCalled } from './insecure-http';
import { parseEnv, type Env } from './parse-env';
import { defaultOf } from './variables';

/** Reads the base URL of Twilio's REST API, which gets the auth token. @throws {ConfigError} */
export function readTwilioApiUrl(env: Env): string {
  const schema = baseUrl.refine(mayBeCalled(env), MUST_BE_HTTPS).prefault(defaultOf('TWILIO_API_URL'));
  return parseEnv({ TWILIO_API_URL: schema }, env).TWILIO_API_URL;
}

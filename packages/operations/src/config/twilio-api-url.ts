import { baseUrl, defaultOf, parseEnv, type Env } from '@optout-sync/shared/config';

const ON_THIS_MACHINE = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|$)/;

const env = {
  TWILIO_API_URL: baseUrl
    .refine(
      (url) => url.startsWith('https:') || ON_THIS_MACHINE.test(url),
      'must be https, except on this machine: the auth token is sent to it',
    )
    .prefault(defaultOf('TWILIO_API_URL')),
};

/** Reads the base URL of Twilio's REST API. @throws {ConfigError} */
export function readTwilioApiUrl(environment: Env): string {
  return parseEnv(env, environment).TWILIO_API_URL;
}

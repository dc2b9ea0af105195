import { baseUrl, parseEnv, type Env } from '@optout-sync/shared/config';

const ON_THIS_MACHINE = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|$)/;

const env = {
  TWILIO_API_URL: baseUrl
    .refine(
      (url) => url.startsWith('https:') || ON_THIS_MACHINE.test(url),
      'must be https, unless it is on this machine: the auth token goes there',
    )
    .default('https://api.twilio.com'),
};

/** Where Twilio's REST API is. Throws a ConfigError. */
export function readTwilioApiUrl(environment: Env): string {
  return parseEnv(env, environment).TWILIO_API_URL;
}

import {
  ConfigError,
  collectErrors,
  readPublicUrl,
  readTwilioApiAccounts,
  readTwilioAccounts,
  readWorkspaces,
  redisConfig,
  redisEnv,
  parseEnv,
  type Env,
} from '@optout-sync/shared/config';

/** The errors that the services would report for these values. */
export function errorsOf(values: Env): string[] {
  try {
    collectErrors({
      twilio: () => readTwilioAccounts(values),
      apiKey: () => readTwilioApiAccounts(values),
      customerio: () => readWorkspaces(values),
      publicUrl: () => readPublicUrl(values),
      redis: () => (values.REDIS_URL ? redisConfig(parseEnv(redisEnv, values)) : undefined),
    });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [...error.errors];
  }
}

/** What is wrong with one of the values; undefined for nothing. */
export function errorOf(name: string, values: Env): string | undefined {
  const found = errorsOf(values).find((error) => error.startsWith(`${name}:`));
  return found?.slice(name.length + 2);
}

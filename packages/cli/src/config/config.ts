import { parseEnv, redisConfig, redisEnv, type Env, type RedisConfig } from '@optout-sync/shared';

/** Where the CLI finds Redis. Throws a ConfigError. */
export function readConfig(env: Env): RedisConfig {
  return redisConfig(parseEnv(redisEnv, env));
}

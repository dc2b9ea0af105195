export { allMistakes } from './all-mistakes';
export { baseUrl, integer, listOf, port } from './fields';
export { loggingEnv } from './logging-config';
export { CONFIG_EXIT_CODE, ConfigError, parseEnv, type Env } from './parse-env';
export { redisConfig, redisEnv, type RedisConfig } from './redis-config';

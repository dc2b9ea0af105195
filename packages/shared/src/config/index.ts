export { collectErrors } from './collect-errors';
export { baseUrl, integer, listOf, loggingEnv, port, secret } from './fields';
export {
  readConsentPolicies,
  readForwardUrls,
  readKeywords,
  readRoutes,
  readTwilioAccounts,
  readWorkspaceOf,
  readWorkspaces,
  type Routes,
  type WorkspaceOf,
} from './optout-config';
export { CONFIG_EXIT_CODE, ConfigError, errorsIn, parseEnv, type Env } from './parse-env';
export { redisConfig, redisEnv, type RedisConfig } from './redis-config';
export type { TwilioAccount } from './twilio-config';
export { settingOf, type CustomerIoAccess, type SettingName, type WorkspaceConfig } from './workspace-config';

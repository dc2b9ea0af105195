export { allMistakes } from './all-mistakes';
export { baseUrl, flag, integer, listOf, port, secret } from './fields';
export { loggingEnv } from './logging-config';
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
export { CONFIG_EXIT_CODE, ConfigError, mistakesIn, parseEnv, type Env } from './parse-env';
export { redisConfig, redisEnv, type RedisConfig } from './redis-config';
export { readSection } from './source';
export type { AccountRoute, TwilioAccount } from './twilio-config';
export { settingOf, type CustomerIoAccess, type SettingName, type WorkspaceConfig } from './workspace-config';

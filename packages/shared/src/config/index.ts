export { collectErrors } from './collect-errors';
export { baseUrl, host, integer, listOf, loggingEnv, port, secret } from './fields';
export {
  readBlockedSends,
  readConsentPolicies,
  readForwardUrls,
  readKeywords,
  readRoutes,
  serviceNumbersOf,
  readTwilioAccounts,
  readWebhookTokens,
  readWorkspaceOf,
  readWorkspaces,
  type Routes,
} from './optout-config';
export type { WorkspaceOf } from '../domain/subject';
export { CONFIG_EXIT_CODE, ConfigError, errorsIn, parseEnv, type Env } from './parse-env';
export { reconcileConfig, reconcileEnv, type ReconcileConfig } from './reconcile-config';
export { removedVariableWarnings } from './removed-variables';
export { redisConfig, redisEnv, type RedisConfig } from './redis-config';
export type { TwilioAccount } from './twilio-config';
export type { Variable } from './variable';
export { VARIABLES, defaultOf, isVariable } from './variables';
export type { CustomerIoAccess, WorkspaceConfig } from './workspace-config';
export type { WorkspaceTokens } from './webhook-tokens';
export { settingOf } from './workspace-env';
export type { SettingName } from './workspace-schema';

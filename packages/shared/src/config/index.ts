export { channelName, type EvidenceAttributes } from './attribute-names';
export { collectErrors } from './collect-errors';
export { CONSOLE_ROLES, type ConsoleAuth, type ConsoleRole, type ConsoleUser } from './console-auth';
export { readConsoleConfig, type ConsoleConfig } from './console-config';
export { differentPorts } from './different-ports';
export { baseUrl, host, loggingEnv, port } from './fields';
export { readIngestConfig, type IngestConfig } from './ingest-config';
export { INTAKE_KINDS, type IntakeClient, type IntakeKind } from './intake-config';
export { readLinkKeys } from './link-keys';
export { isLoopback } from './insecure-http';
export type { KeyedAccount } from './keyed-accounts';
export {
  readBlockedSends,
  readConsentPolicies,
  readKeywords,
  readRoutes,
  readTwilioAccounts,
  readTwilioApiAccounts,
  readWebhookTokens,
  readWorkspaces,
  type Routes,
} from './optout-config';
export type { WorkspaceOf } from '../domain/subject';
export { CONFIG_EXIT_CODE, ConfigError, errorsIn, parseEnv, type Env } from './parse-env';
export { readPublicUrl } from './public-url';
export { accountsOf, workspaceByRoute } from './sender-routes';
export type { ReconcileConfig } from './reconcile-config';
export { redisConfig, redisEnv, type RedisConfig } from './redis-config';
export type { TrustProxy } from './trust-proxy';
export { readTwilioApiUrl } from './twilio-api-url';
export type { ConsentAccount, ConsentsConfig } from './consents-config';
export type { TwilioAccount, TwilioApiAccount } from './twilio-config';
export { unknownVariables } from './unknown-variables';
export type { Variable } from './variable';
export { VARIABLES, defaultOf } from './variables';
export type { CustomerIoAccess, WorkspaceConfig } from './workspace-config';
export type { WorkspaceTokens } from './webhook-tokens';
export { settingOf, webhookTokenSettingOf } from './workspace-env';
export { readWorkerConfig, type WorkerConfig } from './worker-config';
export type { SettingName } from './workspace-schema';

import type { SharedConfig } from '@optout-sync/operations';
import type {
  CustomerIoAccess,
  RedisConfig,
  TwilioAccount,
  WorkspaceConfig,
} from '@optout-sync/shared/config';
import { keywordWarnings } from '@optout-sync/shared/domain';

/** The configuration as it may be shown: named as in the file, with no secret in it. */
export function summaryOf(config: SharedConfig): Record<string, unknown> {
  return {
    redis: redisSummary(config.redis),
    log_level: config.logLevel,
    twilio: { accounts: config.accounts.map(accountSummary) },
    customerio: { workspaces: config.workspaces.map(workspaceSummary) },
    keywords: config.keywords,
    forward_urls: config.forwardUrls.map(hostOf),
  };
}

/** What is allowed and may surprise, one sentence each. */
export function warningsOf({ accounts, workspaces, keywords }: SharedConfig): string[] {
  const told = new Set(accounts.map(({ workspace }) => workspace));
  return [
    ...workspaces
      .filter(({ name }) => told.size > 0 && !told.has(name) && workspaces.length > 1)
      .map(({ name }) => `no Twilio account reports to workspace ${name}`),
    ...keywordWarnings(keywords),
  ];
}

function redisSummary(redis: RedisConfig): Record<string, unknown> {
  const { url, mode, prefix } = redis;
  return {
    mode,
    ...(redis.mode !== 'standalone' && {
      nodes: redis.nodes.map(({ host, port }) => `${host}:${String(port)}`),
    }),
    ...(redis.mode === 'sentinel' && { sentinel_name: redis.name }),
    ...(url !== undefined && {
      url: withoutCredentials(url),
      password: new URL(url).password === '' ? 'not set' : 'set',
    }),
    prefix,
  };
}

function accountSummary({ sid, authTokens, workspace }: TwilioAccount): Record<string, unknown> {
  return { sid, auth_tokens: authTokens.length, workspace };
}

function workspaceSummary(workspace: WorkspaceConfig): Record<string, unknown> {
  return {
    name: workspace.name,
    ...(workspace.access && accessSummary(workspace.access)),
    lookup: workspace.lookup,
    phone_attribute: workspace.phoneAttribute,
    phone_formats: workspace.phoneFormats,
    sms_attribute: workspace.attributes.sms,
    whatsapp_attribute: workspace.attributes.whatsapp,
    senders_attribute: workspace.sendersAttribute,
    native_optouts: workspace.nativeOptOuts,
    campaign_webhook_url: workspace.campaignWebhookUrl && hostOf(workspace.campaignWebhookUrl),
    app_rps: workspace.appRps,
    track_rps: workspace.trackRps,
    lookup_batch: workspace.lookupBatch,
    consent_policy: workspace.policy,
  };
}

function accessSummary(access: CustomerIoAccess): Record<string, unknown> {
  return {
    site_id: shown(access.siteId),
    track_api_key: shown(access.trackApiKey),
    app_api_key: access.appApiKey === undefined ? 'not set' : shown(access.appApiKey),
    region: access.region,
    app_url: withoutCredentials(access.appUrl),
    track_url: withoutCredentials(access.trackUrl),
  };
}

const shown = (secret: string): string => `set (${String(secret.length)} characters)`;

/** The path and query of such URLs let anyone who has them post there. */
const hostOf = (url: string): string => new URL(url).host;

function withoutCredentials(url: string): string {
  const parsed = new URL(url);
  return `${parsed.protocol}//${parsed.host}${parsed.pathname === '/' ? '' : parsed.pathname}`;
}

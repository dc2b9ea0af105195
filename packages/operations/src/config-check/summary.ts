import type {
  ConsentsConfig,
  CustomerIoAccess,
  IngestConfig,
  ReconcileConfig,
  RedisConfig,
  TwilioApiAccount,
  WorkspaceConfig,
} from '@optout-sync/shared/config';
import { keywordWarnings } from '@optout-sync/shared/domain';
import type { SharedConfig } from '../config/config';

/** Returns the configuration for display: named as in the file, without secrets. */
export function configSummary({
  ingest,
  worker,
  accounts,
  twilioApiUrl,
  proofKey,
}: SharedConfig): Record<string, unknown> {
  return {
    redis: redisSummary(worker.redis),
    log_level: worker.logLevel,
    log_format: worker.logFormat,
    ingest: ingestSummary(ingest),
    worker: { admin_port: worker.adminPort },
    twilio: { api_url: withoutCredentials(twilioApiUrl), accounts: accounts.map(accountSummary) },
    customerio: {
      workspaces: worker.workspaces.map((workspace) => ({
        ...workspaceSummary(workspace),
        webhook_token: tokenCount(ingest, workspace.name),
      })),
    },
    ...(worker.consents && { consents: consentsSummary(worker.consents) }),
    reconcile: reconcileSummary(worker.reconcile),
    retention: worker.retentionMs === undefined ? 'not set' : `${String(worker.retentionMs / 86_400_000)}d`,
    sent_check: sentCheckSummary(worker),
    keywords: ingest.keywords,
    blocked_sends: ingest.blockedSends,
    forward_urls: ingest.forwardUrls.map(hostOf),
    forward: { signature: ingest.forwardSignature },
    intake: ingest.intake.map(({ name, tokens, kinds, accountSid, senders }) => ({
      name,
      tokens: tokens.length,
      kinds,
      account: accountSid,
      senders,
    })),
    proof_key: proofKey === undefined ? 'not set' : 'set',
  };
}

/** Returns a sentence for each setting that is valid but may be a mistake. */
export function configWarnings({
  ingest,
  worker,
  accounts,
}: Pick<SharedConfig, 'ingest' | 'worker' | 'accounts'>): string[] {
  const { workspaces } = worker;
  const reported = new Set(
    accounts.flatMap((account) => [account, ...(account.routes ?? [])].map(({ workspace }) => workspace)),
  );
  return [
    ...new Set([...ingest.warnings, ...worker.warnings]),
    ...workspaces
      .filter(({ configuredAs }) => reported.size > 0 && !reported.has(configuredAs) && workspaces.length > 1)
      .map(({ configuredAs }) => `no Twilio account reports to workspace ${configuredAs}`),
    ...keywordWarnings(ingest.keywords),
  ];
}

function ingestSummary(ingest: IngestConfig): Record<string, unknown> {
  return {
    port: ingest.port,
    admin_port: ingest.adminPort,
    public_url: ingest.publicUrl === undefined ? 'not set' : withoutCredentials(ingest.publicUrl),
    trust_proxy: ingest.trustProxy,
    studio_tokens: ingest.studioTokens.length,
    link_keys: ingest.linkKeys.length,
    spool_dir: ingest.spool.dir,
    spool_max_bytes: ingest.spool.maxBytes,
    drain_seconds: ingest.drainMs / 1000,
  };
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

function accountSummary(account: TwilioApiAccount): Record<string, unknown> {
  const { sid, authTokens, workspace, routes, apiKey } = account;
  const key = apiKey && { api_key: apiKey.sid };
  return { sid, auth_tokens: authTokens.length, ...key, workspace, ...(routes && { routes }) };
}

/** Returns the settings of a workspace for display: named as in the file, without secrets. */
export function workspaceSummary(workspace: WorkspaceConfig): Record<string, unknown> {
  return {
    name: workspace.configuredAs,
    ...(workspace.name !== workspace.configuredAs && { storedAs: workspace.name }),
    ...(workspace.access && accessSummary(workspace.access)),
    lookup: workspace.lookup,
    phone_attribute: workspace.phoneAttribute,
    phone_formats: workspace.phoneFormats,
    default_country: workspace.defaultCountry,
    sms_attribute: workspace.attributes.sms,
    whatsapp_attribute: workspace.attributes.whatsapp,
    senders_attribute: workspace.sendersAttribute,
    evidence_attributes: workspace.evidenceAttributes,
    native_optouts: workspace.nativeOptOuts,
    events: workspace.events ?? false,
    campaign_webhook_url: workspace.campaignWebhookUrl && hostOf(workspace.campaignWebhookUrl),
    app_rps: workspace.appRps,
    track_rps: workspace.trackRps,
    lookup_batch: workspace.lookupBatch,
    consent_policy: workspace.policy,
  };
}

function accessSummary(access: CustomerIoAccess): Record<string, unknown> {
  return {
    site_id: redacted(access.siteId),
    track_api_key: redacted(access.trackApiKey),
    app_api_key: access.appApiKey === undefined ? 'not set' : redacted(access.appApiKey),
    region: access.region,
    app_url: withoutCredentials(access.appUrl),
    track_url: withoutCredentials(access.trackUrl),
  };
}

/** What is written to Twilio, and for which senders. */
function consentsSummary({ scope, accounts }: ConsentsConfig): Record<string, unknown> {
  return {
    scope,
    accounts: accounts.map(({ sid, apiKey, services, numbers }) => ({
      sid,
      api_key: apiKey.sid,
      ...(services && { services }),
      ...(numbers && { numbers }),
    })),
  };
}

function reconcileSummary({ periodMs, mode }: ReconcileConfig): Record<string, unknown> {
  return {
    period: periodMs === undefined ? 'off' : `${String(periodMs / 1_000)}s`,
    mode: mode ?? 'enforce, report in the first hour of a workspace',
  };
}

function sentCheckSummary({ sentCheck }: SharedConfig['worker']): Record<string, unknown> {
  if (!sentCheck) return { period: 'off' };
  const { periodMs, accounts } = sentCheck;
  return { period: `${String(periodMs / 1_000)}s`, accounts: accounts.map(({ sid }) => sid) };
}

/** The number of tokens of the people webhook. */
function tokenCount({ webhookTokens }: IngestConfig, name: string): number {
  return webhookTokens.find(({ workspace }) => workspace === name)?.tokens.length ?? 0;
}

const redacted = (secret: string): string => `set (${String(secret.length)} characters)`;

/** Anyone who has the path and query of such a URL can post to it. */
const hostOf = (url: string): string => new URL(url).host;

function withoutCredentials(url: string): string {
  const parsed = new URL(url);
  return `${parsed.protocol}//${parsed.host}${parsed.pathname === '/' ? '' : parsed.pathname}`;
}

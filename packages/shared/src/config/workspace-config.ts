import { z } from 'zod';
import type { ConsentPolicy } from '../domain/consent';
import { PhoneFormat, type Channel } from '../domain/phone';
import { DEFAULT_WORKSPACE } from '../domain/subject';
import { alwaysRun } from '../domain/whatever-else';
import { readSection } from './config-file';
import { baseUrl, flag, integer, listOf, secret } from './fields';
import { ConfigError, parseEnv, readVariable, type Env } from './parse-env';
import { consentPolicy, namesDiffer, workspaceName } from './workspace-names';

/** Where one workspace's people are written to by Customer.io's APIs. */
export interface CustomerIoAccess {
  readonly siteId: string;
  readonly trackApiKey: string;
  /** Missing where nobody is looked up. */
  readonly appApiKey: string | undefined;
  readonly region: 'us' | 'eu';
  readonly appUrl: string;
  readonly trackUrl: string;
}

/** One Customer.io workspace and how opt-outs are kept there. */
export interface WorkspaceConfig {
  readonly name: string;
  /** Missing for a workspace that only has a campaign's webhook. */
  readonly access: CustomerIoAccess | undefined;
  /** `search` finds people by attribute; `phone_identifier` writes by phone, for workspaces that have it as identifier. */
  readonly lookup: 'search' | 'phone_identifier';
  readonly phoneAttribute: string;
  readonly phoneFormats: readonly PhoneFormat[];
  /** The boolean attribute that is set, by channel. */
  readonly attributes: Readonly<Record<Channel, string>>;
  /** The attribute that lists the stopped senders, if any. */
  readonly sendersAttribute: string | undefined;
  /** Whether Customer.io's own per-sender list is kept as well. */
  readonly nativeOptOuts: boolean;
  /** The URL of a webhook-triggered campaign that is told of every opt-out and opt-in, if any. */
  readonly campaignWebhookUrl: string | undefined;
  /** Requests a second, shared by all workers. */
  readonly appRps: number;
  readonly trackRps: number;
  readonly lookupBatch: number;
  readonly policy: ConsentPolicy;
}

/** Customer.io's limit on the length of a name (150 bytes). */
const attributeName = z
  .string()
  .min(1)
  .refine((name) => Buffer.byteLength(name) <= 150, 'may have 150 bytes at most');

/** What can be said of a workspace, by its name in YAML. */
const fields = {
  site_id: secret.optional(),
  track_api_key: secret.optional(),
  app_api_key: secret.optional(),
  region: z.enum(['us', 'eu']).default('us'),
  app_url: baseUrl.optional(),
  track_url: baseUrl.optional(),
  lookup: z.enum(['search', 'phone_identifier']).default('search'),
  phone_attribute: attributeName.default('phone'),
  phone_formats: listOf(PhoneFormat).default(['e164']),
  sms_attribute: attributeName.default('sms_unsubscribe'),
  whatsapp_attribute: attributeName.default('whatsapp_unsubscribe'),
  senders_attribute: attributeName.optional(),
  native_optouts: flag.default(false),
  campaign_webhook_url: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  app_rps: integer(1, 1_000).default(8),
  track_rps: integer(1, 1_000).default(100),
  lookup_batch: integer(1, 500).default(100),
  consent_policy: consentPolicy,
};
type Fields = z.output<z.ZodObject<typeof fields>>;
type FieldName = keyof Fields;

/** The variable that says the same in the one-account form. */
const VARIABLE_OF = {
  site_id: 'CUSTOMERIO_SITE_ID',
  track_api_key: 'CUSTOMERIO_TRACK_API_KEY',
  app_api_key: 'CUSTOMERIO_APP_API_KEY',
  region: 'CUSTOMERIO_REGION',
  app_url: 'CUSTOMERIO_APP_URL',
  track_url: 'CUSTOMERIO_TRACK_URL',
  lookup: 'CUSTOMERIO_LOOKUP',
  phone_attribute: 'CUSTOMERIO_PHONE_ATTRIBUTE',
  phone_formats: 'CUSTOMERIO_PHONE_FORMATS',
  sms_attribute: 'CUSTOMERIO_SMS_ATTRIBUTE',
  whatsapp_attribute: 'CUSTOMERIO_WHATSAPP_ATTRIBUTE',
  senders_attribute: 'CUSTOMERIO_SENDERS_ATTRIBUTE',
  native_optouts: 'CUSTOMERIO_NATIVE_OPTOUTS',
  campaign_webhook_url: 'CUSTOMERIO_CAMPAIGN_WEBHOOK_URL',
  app_rps: 'CUSTOMERIO_APP_RPS',
  track_rps: 'CUSTOMERIO_TRACK_RPS',
  lookup_batch: 'LOOKUP_BATCH',
  consent_policy: 'CONSENT_POLICY',
} as const satisfies Record<FieldName, string>;

export type SettingName = FieldName;

/** What an operator knows a workspace's setting by: its variable, or its place in the file. */
export function settingOf(workspace: string, setting: SettingName): string {
  return workspace === DEFAULT_WORKSPACE
    ? VARIABLE_OF[setting]
    : `customerio.workspaces (${workspace}): ${setting}`;
}

const Section = z.strictObject({
  workspaces: z
    .array(
      z.strictObject({ name: workspaceName, ...fields }).superRefine((workspace, context) => {
        for (const field of missingFields(workspace)) {
          context.addIssue({ code: 'custom', path: [field], message: 'is required' });
        }
      }, alwaysRun),
    )
    .min(1, 'needs at least one workspace')
    .superRefine(namesDiffer, alwaysRun),
});

/** The workspaces of the file's `customerio` section. Throws a ConfigError. */
export function workspacesOfFile(section: unknown, env: Env): WorkspaceConfig[] {
  return readSection('customerio', Section, section, env).workspaces.map(({ name, ...rest }) =>
    toWorkspace(name, rest),
  );
}

/** The one workspace that the environment describes. Throws a ConfigError. */
export function workspaceOfEnv(env: Env): WorkspaceConfig {
  const names = Object.keys(fields) as FieldName[];
  const shape = (optional: (name: FieldName) => boolean): z.ZodRawShape =>
    Object.fromEntries(
      names.map((name) => [VARIABLE_OF[name], optional(name) ? fields[name] : secret] as const),
    );
  const read = (values: Record<string, unknown>): Fields =>
    Object.fromEntries(names.map((name) => [name, values[VARIABLE_OF[name]]])) as Fields;
  // What is required depends on what is given: a first look that asks for nothing decides it for the second.
  const required = new Set<FieldName>(missingFields(givenFields(env)));
  return toWorkspace(
    DEFAULT_WORKSPACE,
    read(
      parseEnv(
        shape((name) => !required.has(name)),
        env,
      ),
    ),
  );
}

type Requirement = Pick<Fields, 'lookup' | 'native_optouts' | 'campaign_webhook_url'> &
  Partial<Pick<Fields, 'site_id' | 'track_api_key' | 'app_api_key'>>;

function givenFields(env: Env): Requirement {
  const given = (name: FieldName): string | undefined => {
    try {
      return readVariable(VARIABLE_OF[name], env);
    } catch (error) {
      // Given, though it cannot be read: the second look says so.
      if (error instanceof ConfigError) return 'unreadable';
      throw error;
    }
  };
  return {
    site_id: given('site_id'),
    track_api_key: given('track_api_key'),
    app_api_key: given('app_api_key'),
    lookup: given('lookup') === 'phone_identifier' ? 'phone_identifier' : 'search',
    native_optouts: given('native_optouts') === 'true',
    campaign_webhook_url: given('campaign_webhook_url'),
  };
}

/** Keys that what is configured needs and that are missing. A campaign's webhook alone needs none. */
function missingFields(given: Requirement): FieldName[] {
  const keys = ['site_id', 'track_api_key', 'app_api_key'] as const;
  if (given.campaign_webhook_url && keys.every((key) => !given[key])) return [];
  const looksUp = given.lookup === 'search' || given.native_optouts;
  return keys.filter((key) => !given[key] && (key !== 'app_api_key' || looksUp));
}

const HOSTS = {
  us: { app: 'https://api.customer.io', track: 'https://track.customer.io' },
  eu: { app: 'https://api-eu.customer.io', track: 'https://track-eu.customer.io' },
} as const;

function toWorkspace(name: string, given: Fields): WorkspaceConfig {
  return {
    name,
    access: toAccess(given),
    lookup: given.lookup,
    phoneAttribute: given.phone_attribute,
    phoneFormats: given.phone_formats,
    attributes: { sms: given.sms_attribute, whatsapp: given.whatsapp_attribute },
    sendersAttribute: given.senders_attribute,
    nativeOptOuts: given.native_optouts,
    campaignWebhookUrl: given.campaign_webhook_url,
    appRps: given.app_rps,
    trackRps: given.track_rps,
    lookupBatch: given.lookup_batch,
    policy: given.consent_policy,
  };
}

function toAccess(given: Fields): CustomerIoAccess | undefined {
  const { site_id: siteId, track_api_key: trackApiKey, region } = given;
  if (siteId === undefined || trackApiKey === undefined) return undefined;
  return {
    siteId,
    trackApiKey,
    appApiKey: given.app_api_key,
    region,
    appUrl: given.app_url ?? HOSTS[region].app,
    trackUrl: given.track_url ?? HOSTS[region].track,
  };
}

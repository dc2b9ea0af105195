import { z } from 'zod';
import { Country, PhoneFormat } from '../domain/phone-formats';
import { attributeName, evidenceAttributes } from './attribute-names';
import { baseUrl, flag, integer, listOf, secret } from './fields';
import { MUST_BE_HTTPS, mayBeCalled } from './insecure-http';
import type { Env } from './parse-env';
import { defaultOf } from './variables';
import { uniqueBy } from './zod';

/** A workspace's name: it is part of Redis keys and metric labels. */
const workspaceName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'may hold lower-case letters, digits, _ and - only, 40 at most');

/** The names of a workspace: in the file, and in Redis where that differs, as after it was renamed. */
export const workspaceNames = { name: workspaceName, storedAs: workspaceName.optional() };
export interface WorkspaceNames {
  readonly name: string;
  readonly storedAs?: string | undefined;
}

const sameName = uniqueBy('name', 'is the name of another one already');

/** A refinement of a list of workspaces: neither their names nor the names they are stored under may be equal. */
export const namesDiffer: typeof sameName = (workspaces, context) => {
  sameName(workspaces, context);
  if (!Array.isArray(workspaces)) return;
  const stored = workspaces.map((workspace) => {
    const { name, storedAs = name } = (workspace ?? {}) as Partial<WorkspaceNames>;
    return storedAs;
  });
  for (const [index, { storedAs }] of (workspaces as readonly Partial<WorkspaceNames>[]).entries()) {
    if (storedAs === undefined || stored.filter((other) => other === storedAs).length < 2) continue;
    const message = 'another workspace is stored under this name';
    context.addIssue({ code: 'custom', path: [index, 'storedAs'], message });
  }
};

export const consentPolicy = z.enum(['any', 'last']).prefault(defaultOf('CONSENT_POLICY'));

const campaignUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

/** The settings of a workspace, by their names in YAML. */
const settings = {
  site_id: secret.optional(),
  track_api_key: secret.optional(),
  app_api_key: secret.optional(),
  region: z.enum(['us', 'eu']).prefault(defaultOf('CUSTOMERIO_REGION')),
  app_url: baseUrl.optional(),
  track_url: baseUrl.optional(),
  lookup: z.enum(['search', 'phone_identifier']).prefault(defaultOf('CUSTOMERIO_LOOKUP')),
  phone_attribute: attributeName.prefault(defaultOf('CUSTOMERIO_PHONE_ATTRIBUTE')),
  phone_formats: listOf(PhoneFormat).prefault(defaultOf('CUSTOMERIO_PHONE_FORMATS')),
  default_country: Country.optional(),
  sms_attribute: attributeName.prefault(defaultOf('CUSTOMERIO_SMS_ATTRIBUTE')),
  whatsapp_attribute: attributeName.prefault(defaultOf('CUSTOMERIO_WHATSAPP_ATTRIBUTE')),
  senders_attribute: attributeName.optional(),
  evidence_attributes: evidenceAttributes.optional(),
  native_optouts: flag.prefault(defaultOf('CUSTOMERIO_NATIVE_OPTOUTS')),
  events: flag.prefault(defaultOf('CUSTOMERIO_EVENTS')),
  campaign_webhook_url: campaignUrl.optional(),
  app_rps: integer(1, 1_000).prefault(defaultOf('CUSTOMERIO_APP_RPS')),
  track_rps: integer(1, 1_000).prefault(defaultOf('CUSTOMERIO_TRACK_RPS')),
  lookup_batch: integer(1, 500).prefault(defaultOf('LOOKUP_BATCH')),
  consent_policy: consentPolicy,
};
export type WorkspaceSettings = z.output<z.ZodObject<typeof settings>>;
export type SettingName = keyof WorkspaceSettings;
export const SETTING_NAMES = Object.keys(settings) as SettingName[];

/**
 * The schemas of the settings.
 *
 * @param env says which hosts may be called by plain http
 */
export function workspaceSettings(env: Env): typeof settings {
  const isAccepted = mayBeCalled(env);
  return {
    ...settings,
    app_url: baseUrl.refine(isAccepted, MUST_BE_HTTPS).optional(),
    track_url: baseUrl.refine(isAccepted, MUST_BE_HTTPS).optional(),
    campaign_webhook_url: campaignUrl.refine(isAccepted, MUST_BE_HTTPS).optional(),
  };
}

/** Whether these phone formats need `default_country`: a national number is one of a certain country. */
export function needsCountry(formats: unknown): boolean {
  const parsed = settings.phone_formats.safeParse(formats);
  return parsed.success && parsed.data.includes('national');
}

/** Why `default_country` is missing. */
export const COUNTRY_NEEDED = 'is required by the phone format national';

/** Whether these settings ask for events of people who are not looked up: such an event might create a person. */
export function eventsNeedSearch({ events, lookup }: Pick<WorkspaceSettings, 'events' | 'lookup'>): boolean {
  return events && lookup !== 'search';
}

/** Why there are no events without a search. */
export const SEARCH_NEEDED = 'needs the look-up search: an event by phone number might create a person';

/** The settings that decide which keys a workspace needs, and those keys. */
export type KeySettings = Pick<
  WorkspaceSettings,
  'lookup' | 'native_optouts' | 'events' | 'campaign_webhook_url'
> &
  Partial<Pick<WorkspaceSettings, 'site_id' | 'track_api_key' | 'app_api_key'>>;

/** The keys that these settings need and that are missing. A workspace with nothing but a campaign needs none. */
export function missingKeys(settings: KeySettings): ('site_id' | 'track_api_key' | 'app_api_key')[] {
  const keys = ['site_id', 'track_api_key', 'app_api_key'] as const;
  if (settings.campaign_webhook_url && !settings.events && keys.every((key) => !settings[key])) return [];
  const usesAppApi = settings.lookup === 'search' || settings.native_optouts;
  return keys.filter((key) => !settings[key] && (key !== 'app_api_key' || usesAppApi));
}

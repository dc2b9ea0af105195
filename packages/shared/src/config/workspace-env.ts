import { z } from 'zod';
import { DEFAULT_WORKSPACE } from '../domain/subject';
import { evidenceClashes } from './attribute-names';
import { secret } from './fields';
import { Country } from '../domain/phone-formats';
import { ConfigError, parseEnv, readVariable, type Env } from './parse-env';
import type { VariableName } from './variables';
import { toWorkspace, type WorkspaceConfig } from './workspace-config';
import {
  COUNTRY_NEEDED,
  SEARCH_NEEDED,
  eventsNeedSearch,
  missingKeys,
  needsCountry,
  SETTING_NAMES,
  workspaceSettings,
  type KeySettings,
  type SettingName,
  type WorkspaceSettings,
} from './workspace-schema';

/** The variable of each setting, in the form with one workspace. */
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
  default_country: 'DEFAULT_COUNTRY',
  sms_attribute: 'CUSTOMERIO_SMS_ATTRIBUTE',
  whatsapp_attribute: 'CUSTOMERIO_WHATSAPP_ATTRIBUTE',
  senders_attribute: 'CUSTOMERIO_SENDERS_ATTRIBUTE',
  evidence_attributes: 'CUSTOMERIO_EVIDENCE_ATTRIBUTES',
  native_optouts: 'CUSTOMERIO_NATIVE_OPTOUTS',
  events: 'CUSTOMERIO_EVENTS',
  campaign_webhook_url: 'CUSTOMERIO_CAMPAIGN_WEBHOOK_URL',
  app_rps: 'CUSTOMERIO_APP_RPS',
  track_rps: 'CUSTOMERIO_TRACK_RPS',
  lookup_batch: 'LOOKUP_BATCH',
  consent_policy: 'CONSENT_POLICY',
} as const satisfies Record<SettingName, VariableName>;

/**
 * A workspace's setting as an operator knows it: its variable, or its place in the file.
 *
 * @param workspace its name in the file
 */
export function settingOf(workspace: string, setting: SettingName): string {
  return workspace === DEFAULT_WORKSPACE
    ? VARIABLE_OF[setting]
    : `customerio.workspaces (${workspace}): ${setting}`;
}

/** The setting that holds the tokens of a workspace's people webhook, as an operator knows it. */
export function webhookTokenSettingOf(workspace: string): string {
  return workspace === DEFAULT_WORKSPACE
    ? 'CUSTOMERIO_WEBHOOK_TOKEN'
    : `customerio.workspaces (${workspace}): webhook_token`;
}

/** The one workspace that the environment describes. @throws {ConfigError} */
export function workspaceOfEnv(env: Env): WorkspaceConfig {
  // Which keys are required depends on other settings, so those are read first, without their errors.
  const required = new Set<SettingName>(missingKeys(readKeySettings(env)));
  const settings = workspaceSettings(env);
  const needed = needsCountry(given('phone_formats', env));
  const schemas = {
    ...settings,
    default_country: needed ? z.string(COUNTRY_NEEDED).pipe(Country) : settings.default_country,
  };
  const shape: z.ZodRawShape = Object.fromEntries(
    SETTING_NAMES.map((name) => [VARIABLE_OF[name], required.has(name) ? secret : schemas[name]] as const),
  );
  const values: Record<string, unknown> = parseEnv(shape, env);
  const parsed = Object.fromEntries(SETTING_NAMES.map((name) => [name, values[VARIABLE_OF[name]]]));
  const workspace = parsed as WorkspaceSettings;
  const errors = evidenceClashes(workspace).map((clash) => `${VARIABLE_OF.evidence_attributes}: ${clash}`);
  if (eventsNeedSearch(workspace)) errors.push(`${VARIABLE_OF.events}: ${SEARCH_NEEDED}`);
  if (errors.length > 0) throw new ConfigError(errors);
  return toWorkspace({ name: DEFAULT_WORKSPACE }, workspace);
}

function readKeySettings(env: Env): KeySettings {
  return {
    site_id: given('site_id', env),
    track_api_key: given('track_api_key', env),
    app_api_key: given('app_api_key', env),
    lookup: given('lookup', env) === 'phone_identifier' ? 'phone_identifier' : 'search',
    native_optouts: given('native_optouts', env) === 'true',
    events: given('events', env) === 'true',
    campaign_webhook_url: given('campaign_webhook_url', env),
  };
}

function given(name: SettingName, env: Env): string | undefined {
  try {
    return readVariable(VARIABLE_OF[name], env);
  } catch (error) {
    // It is given, but cannot be read: parseEnv reports that.
    if (error instanceof ConfigError) return 'unreadable';
    throw error;
  }
}

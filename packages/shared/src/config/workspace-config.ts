import type { ConsentPolicy } from '../domain/consent';
import type { Channel } from '../domain/phone';
import type { Country, PhoneFormat } from '../domain/phone-formats';
import type { EvidenceAttributes } from './attribute-names';
import { HOSTS } from './customerio-hosts';
import type { WorkspaceNames, WorkspaceSettings } from './workspace-schema';

/** Keys and hosts of Customer.io's APIs for one workspace. */
export interface CustomerIoAccess {
  readonly siteId: string;
  readonly trackApiKey: string;
  /** Missing where the App API is not used. */
  readonly appApiKey: string | undefined;
  readonly region: 'us' | 'eu';
  readonly appUrl: string;
  readonly trackUrl: string;
}

/** One Customer.io workspace and how opt-outs are written to it. */
export interface WorkspaceConfig {
  /**
   * The name that its ledger, queues, budgets and dead letters are stored under: `storedAs`, else its name in the file. Metrics and
   * logs have it too.
   */
  readonly name: string;
  /** Its name in the file. */
  readonly configuredAs: string;
  /** Missing for a workspace that has nothing but a campaign's webhook. */
  readonly access: CustomerIoAccess | undefined;
  /**
   * `search` finds people by their phone attribute. `phone_identifier` writes by phone number, in workspaces where that is
   * an identifier.
   */
  readonly lookup: 'search' | 'phone_identifier';
  readonly phoneAttribute: string;
  readonly phoneFormats: readonly PhoneFormat[];
  /** The country of the numbers in the format `national`. */
  readonly defaultCountry: Country | undefined;
  /** The boolean attribute that is set, by channel. */
  readonly attributes: Readonly<Record<Channel, string>>;
  /** The attribute that lists the stopped senders, if any. */
  readonly sendersAttribute: string | undefined;
  /** The attributes that say when and why consent changed. Missing where none is configured. */
  readonly evidenceAttributes?: EvidenceAttributes;
  /** Whether Customer.io's own opt-out list by sender is updated too. */
  readonly nativeOptOuts: boolean;
  /** Whether people get an event for each message that decides. */
  readonly events?: true;
  /** The URL of a webhook-triggered campaign that gets every opt-out and opt-in, if any. */
  readonly campaignWebhookUrl: string | undefined;
  /** Requests a second, shared by all workers. */
  readonly appRps: number;
  readonly trackRps: number;
  /** Phone numbers in one search. */
  readonly lookupBatch: number;
  readonly policy: ConsentPolicy;
}

export function toWorkspace(
  { name, storedAs = name }: WorkspaceNames,
  settings: WorkspaceSettings,
): WorkspaceConfig {
  return {
    name: storedAs,
    configuredAs: name,
    access: toAccess(settings),
    lookup: settings.lookup,
    phoneAttribute: settings.phone_attribute,
    phoneFormats: settings.phone_formats,
    defaultCountry: settings.default_country,
    attributes: { sms: settings.sms_attribute, whatsapp: settings.whatsapp_attribute },
    sendersAttribute: settings.senders_attribute,
    ...(settings.evidence_attributes && { evidenceAttributes: settings.evidence_attributes }),
    nativeOptOuts: settings.native_optouts,
    ...(settings.events && { events: true }),
    campaignWebhookUrl: settings.campaign_webhook_url,
    appRps: settings.app_rps,
    trackRps: settings.track_rps,
    lookupBatch: settings.lookup_batch,
    policy: settings.consent_policy,
  };
}

function toAccess(settings: WorkspaceSettings): CustomerIoAccess | undefined {
  const { site_id: siteId, track_api_key: trackApiKey, region } = settings;
  if (siteId === undefined || trackApiKey === undefined) return undefined;
  return {
    siteId,
    trackApiKey,
    appApiKey: settings.app_api_key,
    region,
    appUrl: settings.app_url ?? HOSTS[region].app,
    trackUrl: settings.track_url ?? HOSTS[region].track,
  };
}

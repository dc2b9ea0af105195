import type { Variable } from './variable';

const KEY_OF_WORKSPACE = {
  required: true,
  secret: true,
  readBy: ['worker', 'console', 'cli', 'launcher'],
} as const;
const WORKSPACE_SETTING = { readBy: ['worker', 'console', 'cli'] } as const;

/** The variables of the one workspace that the environment describes, in the order of docs/configuration.md. */
export const WORKSPACE_VARIABLES = {
  CUSTOMERIO_SITE_ID: { meaning: 'Site ID of the Track API.', ...KEY_OF_WORKSPACE },
  CUSTOMERIO_TRACK_API_KEY: { meaning: 'API key of the Track API.', ...KEY_OF_WORKSPACE },
  CUSTOMERIO_APP_API_KEY: {
    meaning: 'App API key, which looks people up and sets native opt-outs.',
    ...KEY_OF_WORKSPACE,
  },
  CUSTOMERIO_REGION: {
    meaning: "The workspace's region, us or eu; checked at start.",
    default: 'us',
    ...WORKSPACE_SETTING,
  },
  CUSTOMERIO_APP_URL: { meaning: "Base URL of the App API; by default the region's.", ...WORKSPACE_SETTING },
  CUSTOMERIO_TRACK_URL: {
    meaning: "Base URL of the Track API; by default the region's.",
    ...WORKSPACE_SETTING,
  },
  CUSTOMERIO_LOOKUP: {
    meaning:
      'How people are found: search uses the phone attribute, phone_identifier writes to the person whose identifier is the phone number.',
    default: 'search',
    ...WORKSPACE_SETTING,
  },
  CUSTOMERIO_PHONE_ATTRIBUTE: {
    meaning: "The attribute that holds people's phone numbers.",
    default: 'phone',
    ...WORKSPACE_SETTING,
  },
  CUSTOMERIO_PHONE_FORMATS: {
    meaning: 'The formats that phone numbers are stored in, separated by commas: e164, digits, national.',
    default: 'e164',
    ...WORKSPACE_SETTING,
  },
  DEFAULT_COUNTRY: {
    meaning:
      'The ISO code of the country whose numbers are stored in the format national, which needs it; numbers with another calling code are not searched for in that format.',
    example: 'US',
    ...WORKSPACE_SETTING,
  },
  CUSTOMERIO_SMS_ATTRIBUTE: {
    meaning: 'The boolean attribute that is set for SMS, MMS and RCS.',
    default: 'sms_unsubscribe',
    ...WORKSPACE_SETTING,
  },
  CUSTOMERIO_WHATSAPP_ATTRIBUTE: {
    meaning: 'The boolean attribute that is set for WhatsApp.',
    default: 'whatsapp_unsubscribe',
    ...WORKSPACE_SETTING,
  },
  CUSTOMERIO_SENDERS_ATTRIBUTE: {
    meaning: 'An attribute that lists the stopped senders, separated by commas.',
    example: 'sms_stopped_senders',
    ...WORKSPACE_SETTING,
  },
  CUSTOMERIO_EVIDENCE_ATTRIBUTES: {
    meaning:
      'Attributes that say when and why consent changed, as name=attribute separated by commas: at, reason, keyword, sender.',
    example:
      'at=sms_consent_at,reason=sms_consent_reason,keyword=sms_consent_keyword,sender=sms_consent_sender',
    ...WORKSPACE_SETTING,
  },
  CUSTOMERIO_NATIVE_OPTOUTS: {
    meaning: "Whether Customer.io's own opt-out list by sender is updated too.",
    default: 'false',
    ...WORKSPACE_SETTING,
  },
  CUSTOMERIO_EVENTS: {
    meaning: 'Whether people get an event for each STOP and START: sms_opted_out, sms_opted_in.',
    default: 'false',
    ...WORKSPACE_SETTING,
  },
  CUSTOMERIO_CAMPAIGN_WEBHOOK_URL: {
    meaning: 'URL of a webhook-triggered campaign that gets every STOP and START.',
    secret: true,
    readBy: ['worker', 'console', 'cli', 'launcher'],
  },
  CONSENT_POLICY: {
    meaning:
      'When a person counts as opted out: any, while any of your senders is stopped; last, when the latest message to any sender is a STOP.',
    default: 'any',
    ...WORKSPACE_SETTING,
  },
  CUSTOMERIO_APP_RPS: {
    meaning: 'Requests a second to the App API, 1 to 1,000, shared by all workers.',
    default: '8',
    ...WORKSPACE_SETTING,
  },
  CUSTOMERIO_TRACK_RPS: {
    meaning: 'Requests a second to the Track API, 1 to 1,000, shared by all workers.',
    default: '100',
    ...WORKSPACE_SETTING,
  },
  LOOKUP_BATCH: { meaning: 'Phone numbers in one search, 1 to 500.', default: '100', ...WORKSPACE_SETTING },
} as const satisfies Record<string, Variable>;

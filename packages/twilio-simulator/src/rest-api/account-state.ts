import { randomBytes } from 'node:crypto';
import type { LoggedMessage } from './logged-message';
import type {
  Campaign,
  Consent,
  IncomingPhoneNumber,
  MessagingService,
  ShortCode,
  Sink,
  Subscription,
  WebhookRule,
  WebhookSetting,
} from './resources';

/** What an account of the simulated Twilio holds. Tests read and change it. */
export interface AccountState {
  readonly sid: string;
  readonly authToken: string;
  status: 'active' | 'suspended' | 'closed';
  /** The log, in no order. */
  readonly messages: LoggedMessage[];
  readonly numbers: Map<string, IncomingPhoneNumber>;
  readonly shortCodes: Map<string, ShortCode>;
  readonly services: Map<string, MessagingService>;
  readonly campaigns: Map<string, Campaign>;
  readonly sinks: Map<string, Sink>;
  readonly subscriptions: Map<string, Subscription>;
  /** The consents that were written, by sender and contact: `<sender_id> <contact_id>`. */
  readonly consents: Map<string, Consent>;
  /** Contacts whose consents are refused one by one, in E.164. */
  readonly refusedContacts: Set<string>;
  /** How many of the next consents fail one by one, by a fault of Twilio's. */
  failingConsents: number;
  readonly webhookRules: WebhookRule[];
  readonly webhookSettings: Map<string, WebhookSetting>;
}

export function newAccount(sid: string, authToken: string): AccountState {
  return {
    sid,
    authToken,
    status: 'active',
    messages: [],
    numbers: new Map(),
    shortCodes: new Map(),
    services: new Map(),
    campaigns: new Map(),
    sinks: new Map(),
    subscriptions: new Map(),
    consents: new Map(),
    refusedContacts: new Set(),
    failingConsents: 0,
    webhookRules: [],
    webhookSettings: new Map(),
  };
}

/** A new SID: two letters and 32 hexadecimal digits. */
export const newSid = (prefix: string): string => `${prefix}${randomBytes(16).toString('hex')}`;

/** The form that the newer APIs write times in. */
export const isoSeconds = (at: Date): string => at.toISOString().replace(/\.\d+Z$/, 'Z');

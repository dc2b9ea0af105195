/*
 * The resources of Twilio's REST APIs, as far as they are used.
 */

/**
 * A number of an account (https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource). `sms_url` does not
 * apply while `sms_application_sid` is set, and `status_callback` is that of calls.
 */
export interface IncomingPhoneNumber {
  readonly sid: string;
  readonly account_sid: string;
  readonly phone_number: string;
  readonly friendly_name: string;
  readonly capabilities: { readonly voice: boolean; readonly sms: boolean; readonly mms: boolean };
  readonly sms_application_sid: string;
  readonly sms_url: string;
  readonly sms_method: string;
  readonly sms_fallback_url: string;
  readonly sms_fallback_method: string;
  readonly status_callback: string;
  readonly uri: string;
}

/** A short code of an account (https://www.twilio.com/docs/sms/api/short-code). */
export interface ShortCode {
  readonly sid: string;
  readonly account_sid: string;
  readonly api_version: string;
  readonly date_created: string;
  readonly date_updated: string;
  readonly friendly_name: string;
  readonly short_code: string;
  readonly sms_url: string | null;
  readonly sms_method: string;
  readonly sms_fallback_url: string | null;
  readonly sms_fallback_method: string;
  readonly uri: string;
}

/**
 * A Messaging Service (https://www.twilio.com/docs/messaging/api/service-resource). Without `inbound_request_url` it drops
 * inbound messages, unless `use_inbound_webhook_on_number` leaves them to the webhook of the number.
 */
export interface MessagingService {
  readonly sid: string;
  readonly account_sid: string;
  readonly friendly_name: string;
  readonly inbound_request_url: string | null;
  readonly inbound_method: string;
  readonly fallback_url: string | null;
  readonly fallback_method: string;
  readonly status_callback: string | null;
  readonly use_inbound_webhook_on_number: boolean;
  readonly us_app_to_person_registered: boolean;
  readonly date_created: string;
  readonly date_updated: string;
  readonly url: string;
  /** The SIDs of its numbers and short codes. The API lists them apart. */
  readonly numbers: readonly string[];
}

/** An A2P campaign of a service (https://www.twilio.com/docs/messaging/api/usapptoperson-resource), as far as it is used. */
export interface Campaign {
  readonly sid: string;
  readonly account_sid: string;
  readonly messaging_service_sid: string;
  readonly campaign_status: string;
  readonly opt_out_keywords: readonly string[];
  readonly opt_in_keywords: readonly string[];
  readonly help_keywords: readonly string[];
  readonly opt_out_message: string;
  readonly opt_in_message: string;
  readonly help_message: string;
}

/** Where events go (https://www.twilio.com/docs/events/event-streams/sink-resource). Only its description can be changed. */
export interface Sink {
  readonly sid: string;
  readonly description: string;
  readonly sink_type: string;
  readonly sink_configuration: Readonly<Record<string, unknown>>;
  readonly status: 'initialized' | 'validating' | 'active' | 'failed';
  readonly date_created: string;
  readonly date_updated: string;
}

/** Which events go to a sink (https://www.twilio.com/docs/events/event-streams/subscription). */
export interface Subscription {
  readonly sid: string;
  readonly account_sid: string;
  readonly description: string;
  readonly sink_sid: string;
  readonly date_created: string;
  readonly date_updated: string;
  /** The schema version of each type. The API lists them apart. */
  readonly types: Map<string, number>;
}

/** The consent of a contact for a sender, as it was last written. */
export interface Consent {
  readonly contact_id: string;
  readonly correlation_id: string;
  readonly sender_id: string;
  readonly status: 'opt-in' | 'opt-out';
  readonly source: string;
  readonly date_of_consent?: string | undefined;
}

/**
 * A rule of the Webhooks configuration API (https://www.twilio.com/docs/usage/webhooks/webhook-rules, public beta): which
 * setting applies to a webhook, by its URL.
 */
export interface WebhookRule {
  readonly id: string;
  readonly matchType: 'EXACT_MATCH' | 'PREFIX_MATCH' | 'DEFAULT';
  readonly value?: string;
  readonly prefix?: string;
  readonly settings: readonly { readonly settingId: string; readonly weight?: number }[];
}

/** How webhooks are delivered; a `signature` names the SharedKey that signs them in place of the auth token. */
export interface WebhookSetting {
  readonly id: string;
  readonly signature?: { readonly keyId: string; readonly algorithm: string } | null;
}

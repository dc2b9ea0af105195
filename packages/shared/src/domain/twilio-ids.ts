import { z } from 'zod';

/*
 * Identifiers of Twilio: two letters and 32 hexadecimal digits. Twilio's OpenAPI description accepts both cases
 * (https://github.com/twilio/twilio-oapi), so we do too. Ids are compared as they are written.
 */

const ACCOUNT_SID = /^AC[0-9a-fA-F]{32}$/;
const ACCOUNT_SID_WITHIN = /AC[0-9a-fA-F]{32}/;
const MESSAGING_SERVICE_SID = /^MG[0-9a-fA-F]{32}$/;

/** Identifies an account or subaccount. */
export const AccountSid = z
  .string()
  .regex(ACCOUNT_SID, 'must be AC and 32 hexadecimal digits')
  .brand('AccountSid');
export type AccountSid = z.infer<typeof AccountSid>;

export function isAccountSid(text: string): text is AccountSid {
  return ACCOUNT_SID.test(text);
}

/** The first AccountSid within a text, such as the path of a resource. */
export function findAccountSid(text: string): AccountSid | undefined {
  return ACCOUNT_SID_WITHIN.exec(text)?.[0] as AccountSid | undefined;
}

/** Identifies a Messaging Service, which may be the sender of a message in place of a number. */
export type MessagingServiceSid = string & z.core.$brand<'MessagingServiceSid'>;

export function isMessagingServiceSid(text: string): text is MessagingServiceSid {
  return MESSAGING_SERVICE_SID.test(text);
}

/**
 * Identifies one message, and deduplicates it: `SM` or `MM` at Twilio. Other letters are accepted, since events that do not
 * come from Twilio, such as overrides, have ids of the same form.
 */
export const MessageSid = z
  .string()
  .regex(/^[A-Z]{2}[0-9a-fA-F]{32}$/)
  .brand('MessageSid');
export type MessageSid = z.infer<typeof MessageSid>;

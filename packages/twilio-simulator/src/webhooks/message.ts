import { randomBytes } from 'node:crypto';

export const TWILIO_ACCOUNT_SID = 'AC00000000000000000000000000000001';
export const TWILIO_MESSAGING_SERVICE_SID = 'MG00000000000000000000000000000001';

/** A fresh message id: `SM` and 32 hex digits. */
export function messageSid(): string {
  return `SM${randomBytes(16).toString('hex')}`;
}

/**
 * The parameters of an inbound message, with a MessageSid of its own. `From` is the person who texted. Without an
 * `OptOutType` it is a message as an account without Advanced Opt-Out gets it.
 *
 * @param overrides replace or add parameters; undefined takes one away
 */
export function twilioMessage(overrides: Record<string, string | undefined> = {}): Record<string, string> {
  const sid = overrides.MessageSid ?? messageSid();
  const params: Record<string, string | undefined> = {
    ToCountry: 'US',
    ToState: 'CA',
    SmsMessageSid: sid,
    NumMedia: '0',
    ToCity: '',
    FromZip: '94103',
    SmsSid: sid,
    FromState: 'CA',
    SmsStatus: 'received',
    FromCity: 'SAN FRANCISCO',
    Body: 'Hello',
    FromCountry: 'US',
    To: '+15005550006',
    MessagingServiceSid: TWILIO_MESSAGING_SERVICE_SID,
    ToZip: '',
    NumSegments: '1',
    MessageSid: sid,
    AccountSid: TWILIO_ACCOUNT_SID,
    From: '+14155550101',
    ApiVersion: '2010-04-01',
    ...overrides,
  };
  return Object.fromEntries(
    Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

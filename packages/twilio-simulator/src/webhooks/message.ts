import { randomBytes } from 'node:crypto';
import { definedParams } from './params';

export const TWILIO_ACCOUNT_SID = 'AC00000000000000000000000000000001';
export const TWILIO_MESSAGING_SERVICE_SID = 'MG00000000000000000000000000000001';

/** A new MessageSid: `SM` and 32 hex digits. */
export function messageSid(): string {
  return `SM${randomBytes(16).toString('hex')}`;
}

/**
 * The parameters of an inbound message with a new MessageSid. `From` is the person who sent it. Without an `OptOutType`
 * it is a message of an account without Advanced Opt-Out.
 *
 * @param overrides replace or add parameters; undefined removes one
 */
export function twilioMessage(overrides: Record<string, string | undefined> = {}): Record<string, string> {
  const sid = overrides.MessageSid ?? messageSid();
  return definedParams({
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
  });
}

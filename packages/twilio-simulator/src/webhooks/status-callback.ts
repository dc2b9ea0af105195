import { TWILIO_ACCOUNT_SID, TWILIO_MESSAGING_SERVICE_SID, messageSid } from './message';

/** The parameters of a status callback of a message that Twilio blocked; undefined takes one away. */
export function blockedCallback(overrides: Record<string, string | undefined> = {}): Record<string, string> {
  const sid = messageSid();
  const params: Record<string, string | undefined> = {
    SmsSid: sid,
    SmsStatus: 'failed',
    MessageStatus: 'failed',
    To: '+14155550101',
    MessagingServiceSid: TWILIO_MESSAGING_SERVICE_SID,
    MessageSid: sid,
    AccountSid: TWILIO_ACCOUNT_SID,
    From: '+15005550006',
    ApiVersion: '2010-04-01',
    ErrorCode: '21610',
    ...overrides,
  };
  return Object.fromEntries(
    Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

import { TWILIO_ACCOUNT_SID, TWILIO_MESSAGING_SERVICE_SID, messageSid } from './message';
import { definedParams } from './params';

/**
 * The parameters of a status callback of a message that Twilio blocked (error 21610).
 *
 * @param overrides replace or add parameters; undefined removes one
 */
export function blockedCallback(overrides: Record<string, string | undefined> = {}): Record<string, string> {
  const sid = messageSid();
  return definedParams({
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
  });
}

import { TWILIO_ACCOUNT_SID, TWILIO_MESSAGING_SERVICE_SID, messageSid } from '../webhooks/message';

/** A message of the log, as the Messages API lists it; times in RFC 2822. */
export type LoggedMessage = Readonly<Record<string, string | number | null>>;

/** An inbound message in the log, sent at `at`. */
export function loggedInbound(at: Date, overrides: LoggedMessage = {}): LoggedMessage {
  return {
    sid: messageSid(),
    account_sid: TWILIO_ACCOUNT_SID,
    messaging_service_sid: TWILIO_MESSAGING_SERVICE_SID,
    direction: 'inbound',
    from: '+14155550101',
    to: '+15005550006',
    body: 'Hello',
    status: 'received',
    error_code: null,
    error_message: null,
    num_media: '0',
    num_segments: '1',
    date_created: rfc2822(at),
    date_sent: rfc2822(at),
    date_updated: rfc2822(at),
    api_version: '2010-04-01',
    ...overrides,
  };
}

/** An outbound message that Twilio blocked at `at`, since the recipient had opted out. */
export function loggedBlocked(at: Date, overrides: LoggedMessage = {}): LoggedMessage {
  return loggedInbound(at, {
    direction: 'outbound-api',
    from: '+15005550006',
    to: '+14155550101',
    status: 'failed',
    error_code: 21610,
    error_message: 'Attempt to send to unsubscribed recipient',
    ...overrides,
  });
}

const rfc2822 = (at: Date): string => at.toUTCString().replace('GMT', '+0000');

export type { TwilioAnswer } from './http-request';
export { messageSid, twilioMessage, TWILIO_ACCOUNT_SID, TWILIO_MESSAGING_SERVICE_SID } from './message';
export type { TwilioParams } from './params';
export { sendTwilioJson, sendTwilioWebhook } from './send-webhook';
export type { TwilioJson, TwilioWebhook } from './send-webhook';
export { signForm, signGet, signJson } from './signature';
export { blockedCallback } from './status-callback';
export { streamFailed, streamInbound, streamTest } from './stream-event';
export {
  loggedBlocked,
  loggedInbound,
  startTwilioApi,
  type LoggedMessage,
  type TwilioApi,
} from './messages-api';

export type { TwilioAnswer } from './http-request';
export { TWILIO_ACCOUNT_SID, TWILIO_MESSAGING_SERVICE_SID, messageSid, twilioMessage } from './message';
export {
  loggedBlocked,
  loggedInbound,
  startTwilioApi,
  type LoggedMessage,
  type TwilioApi,
} from './messages-api';
export type { TwilioParams } from './params';
export { sendTwilioJson, sendTwilioWebhook, type TwilioWebhook } from './send-webhook';
export { signForm, signGet, signJson } from './signature';
export { blockedCallback } from './status-callback';
export { streamFailed, streamInbound, streamTest } from './stream-event';

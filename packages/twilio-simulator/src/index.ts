export { loggedBlocked, loggedInbound, type LoggedMessage } from './rest-api/logged-message';
export type { AccountState } from './rest-api/account-state';
export { addCampaign } from './rest-api/campaigns';
export { addNumber } from './rest-api/incoming-phone-numbers';
export { addService } from './rest-api/messaging-services';
export { addShortCode } from './rest-api/short-codes';
export { startTwilioApi, type TwilioApi } from './rest-api/start-twilio-api';
export type { TwilioAnswer } from './webhooks/http-request';
export {
  TWILIO_ACCOUNT_SID,
  TWILIO_MESSAGING_SERVICE_SID,
  messageSid,
  twilioMessage,
} from './webhooks/message';
export type { TwilioParams } from './webhooks/params';
export { sendTwilioJson, sendTwilioWebhook, type TwilioWebhook } from './webhooks/send-webhook';
export { signForm, signGet, signJson } from './webhooks/signature';
export { blockedCallback } from './webhooks/status-callback';
export { streamFailed, streamInbound, streamReassigned, streamTest } from './webhooks/stream-event';

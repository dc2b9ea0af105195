export { messagePages } from './message-log';
export { TwilioApiError } from './twilio-api-error';

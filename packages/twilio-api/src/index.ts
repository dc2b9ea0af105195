export {
  CONSENTS_PER_CALL,
  CONSENT_CALLS_PER_MINUTE,
  Consents,
  type Consent,
  type ConsentResult,
} from './consents';
export { messagePages } from './message-log';
export { TwilioApiError } from './twilio-api-error';

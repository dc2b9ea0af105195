export { readAccount } from './account';
export { regionOf } from './api-hosts';
export { readCampaigns } from './campaigns';
export {
  CONSENTS_PER_CALL,
  CONSENT_CALLS_PER_MINUTE,
  Consents,
  type Consent,
  type ConsentResult,
} from './consents';
export {
  createSink,
  createSubscription,
  deleteSink,
  deleteSubscription,
  readSinks,
  readSubscriptions,
  setSchemaVersion,
  unsubscribe,
} from './event-streams';
export { LoggedMessage } from './logged-message';
export { messagePages } from './message-log';
export { RestClient } from './rest-client';
export {
  readNumbers,
  readService,
  readNumber,
  readSenders,
  readServices,
  updateNumber,
  updateService,
  type Senders,
} from './senders';
export { TwilioApiError } from './twilio-api-error';
export { sharedKeyRuleFor } from './webhook-rules';

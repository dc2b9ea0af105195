export { regionOf, type Product } from './api-hosts';
export { readCampaigns, type Campaign } from './campaigns';
export { CONSENTS_PER_CALL, CONSENT_CALLS_PER_MINUTE, Consents, type ConsentResult } from './consents';
export {
  createSink,
  createSubscription,
  deleteSink,
  deleteSubscription,
  readSinks,
  readSubscriptions,
  setSchemaVersion,
  unsubscribe,
  type Sink,
  type Subscription,
} from './event-streams';
export { messagePages } from './message-log';
export { RestClient, type Form, type RestClientOptions } from './rest-client';
export {
  readNumbers,
  readService,
  readNumber,
  readServices,
  updateNumber,
  updateService,
  type MessagingService,
  type PhoneNumber,
} from './senders';
export { TwilioApiError } from './twilio-api-error';
export { sharedKeyRuleFor, type SharedKeyRule } from './webhook-rules';

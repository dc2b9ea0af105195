export {
  DEFAULT_BLOCKED_SENDS,
  SEND_UNCERTAINTY_MS,
  blockedSendOrder,
  classifyBlockedSend,
  createBlockedSends,
  nameSendError,
  type BlockedSendAction,
  type BlockedSendSettings,
  type BlockedSends,
  type NamedSendError,
} from './blocked-send';
export {
  decidingMessage,
  isBlockedSend,
  isOptedOut,
  isWeakOptIn,
  type ConsentMessage,
  type ConsentPolicy,
  type SenderConsent,
} from './consent';
export { DestinationName } from './destination-name';
export { escapeControls } from './escape-controls';
export { jsonText } from './json-text';
export { latest, orderTimes, type Ordered } from './order';
export { toInboundEvent } from './inbound-event-factory';
export { EventKind, EventSource, InboundEvent, OUTCOMES, type Outcome } from './inbound-event';
export { ERROR_CODES, type ErrorCode } from './error-codes';
export { groupBy } from './group-by';
export { JobError, toJobError, mostSevere, type JobErrorKind } from './job-error';
export { classify, createClassifier, type Classify } from './keywords/classify';
export { TWILIO_STOP_WORDS } from './keywords/standard-words';
export { isTollFree } from './keywords/toll-free';
export { DEFAULT_KEYWORDS, type KeywordSettings } from './keywords/keyword-settings';
export { keywordWarnings } from './keywords/keyword-warnings';
export { withMaskedPhones, withoutPhones } from './masked-text';
export {
  Channel,
  E164,
  e164Spellings,
  maskPhone,
  parseAddress,
  parseNationalPhone,
  parseWrittenPhone,
  restorePlus,
} from './phone';
export {
  Country,
  PhoneFormat,
  countryOf,
  isSamePhone,
  maxSpellings,
  phoneSpellings,
  possiblePhones,
  readPhones,
  withoutNational,
  type PhoneSettings,
} from './phone-formats';
export { PROBE_HEADER, PROBE_PARAMETER, PROBE_VALID_MS, newProbe, probeSentAt, proofOf } from './probe';
export { REASON_TEXTS, Reason } from './reason';
export { reasonOf } from './reason-of';
export { ReconcileMode } from './reconcile-mode';
export { EARLIEST_REPORT, reportedEvent } from './reported-event';
export {
  LINK_PATH,
  PUBLIC_ROUTES,
  RETRY_OVERRIDES,
  WEBHOOK_PATHS,
  type PublicRoute,
  type WebhookRoute,
} from './routes';
export { parseSender, parseSenderTo, type ParsedSender } from './sender';
export {
  CLOCK_TOLERANCE_MS,
  SENT_AFTER,
  SENT_RELATIONS,
  hasLeft,
  relateToOptOuts,
  type SentAfter,
  type SentAfterOptOut,
  type SentMessage,
} from './sent-after';
export type { Subject } from './subject';
export { MessageSid, findAccountSid, isAccountSid, isMessagingServiceSid } from './twilio-ids';

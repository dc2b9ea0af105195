export { SEND_UNCERTAINTY_MS, blockedSendOrder, isBlocked, mayBeBlocked } from './blocked-send';
export { isOptedOut, supersedes, type ConsentPolicy, type SenderConsent } from './consent';
export { EventKind, EventSource, InboundEvent } from './inbound-event';
export {
  KeywordConfig,
  classify,
  createClassifier,
  keywordWarnings,
  type Classification,
  type Classify,
  type KeywordClassification,
  type MessageText,
} from './keywords';
export { MessageSid } from './message-sid';
export { OUTCOMES, type Outcome } from './outcome';
export {
  Channel,
  E164,
  PhoneFormat,
  isSamePhone,
  maskPhone,
  parseAddress,
  phoneSpellings,
  type Address,
} from './phone';
export { eventOf, type NotAPhone, type Said } from './said';
export { DEFAULT_WORKSPACE } from './workspace';

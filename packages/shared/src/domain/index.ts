export { isOptedOut, supersedes, type ConsentPolicy, type SenderConsent } from './consent';
export { EventKind, EventSource, InboundEvent } from './inbound-event';
export { classify, type Classification } from './keywords';
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
export { DEFAULT_WORKSPACE } from './workspace';

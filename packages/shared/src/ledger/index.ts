export {
  Note,
  UnreadableEntryError,
  progressOf,
  type LedgerConsent,
  type LedgerEntry,
  type RecordedEvent,
  type RecordedOutcome,
} from './ledger-entry';
export { isUnapplied } from './is-unapplied';
export { DestinationStore, type WrittenVersion } from './destination-store';
export { Ledger, type Recorded, type SettledEvent } from './ledger';
export type { ListedEntry } from './list-entries';
export type { ReadEntry } from './read-entries';
export { registerOrigin, type Origin } from './origins';
export { openingMessage } from './opening-message';
export { messageReason } from './reasons';
export { standingConsent, stateNow, type StateNow } from './state-now';
export { CursorError } from './walk-keys';

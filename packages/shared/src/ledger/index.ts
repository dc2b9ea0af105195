export { Ledger, type LedgerOptions, type Recorded, type SettledEvent } from './ledger';
export type { LedgerConsent, LedgerEntry, Note, RecordedEvent, RecordedOutcome } from './ledger-entry';
export { CursorError, type EntryPage, type ListedEntry, type ListOptions } from './list-entries';
export { stateNow, type StateNow } from './state-now';
export type { Subject } from './subject';

export { Ledger, type LedgerOptions, type Recorded, type SettledEvent, type Subject } from './ledger';
export type { LedgerConsent, LedgerEntry, Note, RecordedEvent, RecordedOutcome } from './ledger-entry';

export { Ledger, type LedgerOptions, type Recorded, type SettledEvent, type Subject } from './ledger';
export type { LedgerEntry, RecordedEvent, RecordedOutcome } from './ledger-entry';

import type { LedgerEntry } from '@optout-sync/shared/ledger';
import type { TracedSubject } from '@optout-sync/shared/queues';

/** The consent of one phone, as it is written to destinations. */
export interface Consent {
  readonly subject: TracedSubject;
  readonly entry: LedgerEntry;
  /** Whether the phone is opted out over all senders, by the workspace's policy. */
  readonly optedOut: boolean;
}

/**
 * Writes a consent to one place. Safe to repeat. Resolves with the people it was written to (by `cio_id`), or with
 * `undefined` where nobody is looked up.
 *
 * @throws {JobError} when the place does not accept it
 */
export type Destination = (consent: Consent) => Promise<readonly string[] | undefined>;

/** The senders that are stopped, in a stable order. */
export function stoppedSenders({ senders }: LedgerEntry): string[] {
  return [...senders.entries()]
    .filter(([, { state }]) => state === 'stopped')
    .map(([sender]) => sender)
    .sort();
}

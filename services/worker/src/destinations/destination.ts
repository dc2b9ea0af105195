import type { Subject } from '@optout-sync/shared/domain';
import type { LedgerEntry } from '@optout-sync/shared/ledger';

/** What a phone's consent is, to be written somewhere. */
export interface Consent {
  readonly subject: Subject;
  readonly entry: LedgerEntry;
  /** Opted out, over all senders, by the workspace's policy. */
  readonly optedOut: boolean;
}

/**
 * A place that keeps consent. Writing is safe to repeat. Resolves with the people it was written to, or `undefined` where
 * nobody is looked up. Throws a Failure.
 */
export type Destination = (consent: Consent) => Promise<readonly string[] | undefined>;

/** The senders that are stopped, in a stable order. */
export function stoppedSenders({ senders }: LedgerEntry): string[] {
  return [...senders.entries()]
    .filter(([, { state }]) => state === 'stopped')
    .map(([sender]) => sender)
    .sort();
}

import type { DestinationName } from '@optout-sync/shared/domain';
import type { LedgerEntry, WrittenVersion } from '@optout-sync/shared/ledger';
import type { Consent } from './destination';

/** Stores what a destination holds from now on. */
type MarkWritten = (written: WrittenVersion) => Promise<void>;

/**
 * A place that a consent is written to after the attribute, by jobs of its own: nothing waits for it. It is written up to the
 * version that Customer.io holds, never ahead of it.
 */
export interface OptionalDestination {
  /** Whether it is written to people, who are stored with its version. */
  readonly toPeople: boolean;
  /** Whether it reads the older messages of an entry too. */
  readonly needsHistory?: boolean;
  /** Whether something that Customer.io holds waits for it. */
  isBehind(entry: LedgerEntry): boolean;
  /**
   * Writes what waits, and marks what is written. Safe to repeat.
   *
   * @throws {JobError} when the place does not accept it
   */
  write(consent: Consent, mark: MarkWritten): Promise<void>;
}

/** The optional destinations that are configured. */
export type OptionalDestinations = Readonly<Partial<Record<DestinationName, OptionalDestination>>>;

import type { ConsentPolicy } from '@optout-sync/shared/domain';
import type { Compare } from './compare';
import type { Destination } from './destination';

/** Where the consents of a workspace are written, and by which rule. */
export interface SyncTarget {
  /** Written in this order, each only after those before it succeeded: a write that must not be repeated needlessly is last. */
  readonly destinations: readonly Destination[];
  /** Missing where no attribute is written, as with a campaign alone. */
  readonly compare?: Compare | undefined;
  readonly policy: ConsentPolicy;
}

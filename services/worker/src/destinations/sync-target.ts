import type { ConsentPolicy, Country } from '@optout-sync/shared/domain';
import type { Compare } from './compare';
import type { Destination } from './destination';
import type { EarlyDestination } from './early-destination';
import type { OptionalDestinations } from './optional-destination';

/** Where the consents of a workspace are written, and by which rule. */
export interface SyncTarget {
  /** The attribute, or a campaign where there is nothing else. Its outcome is that of the events. */
  readonly main: Destination;
  /** Writes opt-outs before it is known who has which number. Missing where that is not possible. */
  readonly early?: EarlyDestination | undefined;
  readonly optional: OptionalDestinations;
  /** Missing where no attribute is written, as with a campaign alone. */
  readonly compare?: Compare | undefined;
  readonly policy: ConsentPolicy;
  /** See `PhoneSettings`. */
  readonly defaultCountry: Country | undefined;
}

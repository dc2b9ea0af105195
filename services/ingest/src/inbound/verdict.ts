import type { EventKind } from '@optout-sync/shared';

/** What a message means for consent, in an event's terms. */
export interface Verdict {
  readonly kind: EventKind;
  readonly keyword?: string;
  readonly phrase?: string;
}

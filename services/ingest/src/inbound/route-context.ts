import type { BlockedSends, Classify, NamedSendError, WebhookRoute } from '@optout-sync/shared/domain';
import type { EventStore } from '../store/event-store';
import type { DeadLetterEvents } from './persist';

export interface SuspicionEvents {
  /** A message with a valid signature has SIDs that differ, and is applied all the same since it opts out. */
  sidsDiffered(route: WebhookRoute, messageSid: string): void;
}

export interface SendErrorEvents {
  /** Twilio reported a failed send that is not acted on. */
  sendErrorIgnored(route: WebhookRoute, code: NamedSendError): void;
}

/** What the routes' handlers use. */
export interface RouteContext<Telemetry extends DeadLetterEvents = DeadLetterEvents> {
  readonly store: Pick<EventStore, 'append'>;
  readonly telemetry: Telemetry;
  /** The present time in ms since 1970. */
  readonly now: () => number;
  readonly classify: Classify;
  readonly blockedSends: BlockedSends;
}

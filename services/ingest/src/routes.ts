import type { Classify } from '@optout-sync/shared/domain';
import type { IngestConfig } from './config/config';
import { createBatchHandler } from './routes/events/handle';
import { createForwarder } from './routes/messages/forward-requests';
import { createMessageHandler } from './routes/messages/handle';
import { createStatusHandler } from './routes/status/handle';
import { createStudioHandler } from './routes/studio/handle';
import type { EventStore } from './store/event-store';
import type { Telemetry } from './telemetry';
import { BATCH_TAKEN, NO_CONTENT, TWIML, refuseBatch, studioAnswer } from './webhook/answers';
import {
  authenticateBatch,
  authenticateMessage,
  authenticateStatus,
  authenticateStudio,
} from './webhook/authenticate';
import { createReceiver, type Receiver, type WebhookRoute } from './webhook/receiver';

/** The receivers of all routes. */
export function createReceivers(
  config: Pick<IngestConfig, 'accounts' | 'publicUrl' | 'studioTokens' | 'forwardUrls'>,
  deps: {
    readonly store: Pick<EventStore, 'append'>;
    readonly events: Telemetry;
    readonly now: () => number;
    readonly classify: Classify;
  },
): Readonly<Record<WebhookRoute, Receiver>> {
  const { publicUrl, forwardUrls } = config;
  const { events } = deps;
  return {
    messages: createReceiver(
      {
        route: 'messages',
        authenticate: (request) => authenticateMessage(request, config),
        handle: createMessageHandler({ ...deps, forward: createForwarder(forwardUrls, publicUrl) }),
        answer: () => TWIML,
      },
      events,
    ),
    status: createReceiver(
      {
        route: 'status',
        authenticate: (request) => authenticateStatus(request, config),
        handle: createStatusHandler(deps),
        answer: () => NO_CONTENT,
      },
      events,
    ),
    events: createReceiver(
      {
        route: 'events',
        authenticate: (request) => authenticateBatch(request, config),
        handle: createBatchHandler(deps),
        answer: () => BATCH_TAKEN,
        refuse: refuseBatch,
      },
      events,
    ),
    studio: createReceiver(
      {
        route: 'studio',
        authenticate: (request) => authenticateStudio(request, config),
        handle: createStudioHandler(deps),
        answer: studioAnswer,
      },
      events,
    ),
  };
}

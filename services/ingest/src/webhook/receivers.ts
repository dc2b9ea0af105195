import type { Classify } from '@optout-sync/shared';
import type { IngestConfig } from '../config/config';
import type { Events } from '../events';
import { createForwarder } from '../forward/forwarder';

import { createMessageHandler } from '../messages/handle-message';
import { createStatusHandler } from '../status/handle-status';
import type { EventStore } from '../store/event-store';
import { createBatchHandler } from '../stream/handle-batch';
import { createStudioHandler } from '../studio/handle-call';
import { BATCH_TAKEN, NO_CONTENT, TWIML, refuseBatch, studioAnswer } from './answers';
import {
  authenticateBatch,
  authenticateMessage,
  authenticateStatus,
  authenticateStudio,
} from './authenticate';
import type { WebhookRoute } from './handled';
import { createReceiver } from './receiver';
import type { Receiver } from './request';

/** The receivers of all routes. */
export function createReceivers(
  config: Pick<IngestConfig, 'accounts' | 'publicUrl' | 'studioTokens' | 'forwardUrls'>,
  deps: {
    readonly store: Pick<EventStore, 'keep'>;
    readonly events: Events;
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

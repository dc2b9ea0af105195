import type { Cluster, Redis } from 'ioredis';
import type { JobStores } from '@optout-sync/shared/dead-letters';
import { DestinationStore } from '@optout-sync/shared/ledger';
import { UnappliedIndex } from '@optout-sync/shared/reconcile';
import { DestinationRequests, type DestinationIndexes } from './destination-requests';

/** The state of the optional destinations of all workspaces. */
export interface Destinations {
  readonly destinationStore: DestinationStore;
  readonly destinationIndexes: DestinationIndexes;
  readonly destinationRequests: DestinationRequests;
}

/** @param now in ms since 1970 */
export function openDestinations(
  redis: Redis | Cluster,
  prefix: string,
  { queues, now }: { readonly queues: JobStores; readonly now: () => number },
): Destinations {
  const store = new DestinationStore(redis, { prefix });
  const indexes = {
    native: new UnappliedIndex(redis, prefix, 'native'),
    campaign: new UnappliedIndex(redis, prefix, 'campaign'),
    events: new UnappliedIndex(redis, prefix, 'events'),
    twilio_consents: new UnappliedIndex(redis, prefix, 'twilio_consents'),
  };
  return {
    destinationStore: store,
    destinationIndexes: indexes,
    destinationRequests: new DestinationRequests({ queues, indexes, store, now }),
  };
}

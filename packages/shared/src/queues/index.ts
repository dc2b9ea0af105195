export {
  enqueueDestination,
  enqueueForward,
  enqueueForwardAgain,
  enqueueReplay,
  enqueueSync,
  enqueueSyncs,
  hasLiveDestinationNext,
  hasLiveSyncNext,
  isDestinationQueued,
  isSyncQueued,
} from './enqueue';
export {
  enqueueBatches,
  enqueueInbound,
  enqueueInboundBatch,
  enqueuedEvents,
  enqueueRepetition,
  enqueueReplayedEvents,
  enqueueSplit,
  toBatches,
  type EnqueuedEvent,
  type EventBatch,
  type ReplayedEvent,
} from './enqueue-inbound';
export { enqueuePeopleAgain, enqueuePeopleBatch } from './enqueue-people';
export { enqueueRaw } from './enqueue-raw';
export {
  FailedAttempt,
  QUEUES,
  ForwardRequest,
  SyncRequest,
  destinationQueueName,
  syncQueueName,
  ReplayRequest,
  type TracedSubject,
} from './jobs';
export { inboundJobId, itemsOf, type InboundBatch, type InboundItem } from './inbound-job';
export { LANES, laneOf, laneOfJob, type Lane } from './lane';
export { PeopleChange, type ChangedPerson } from './people-change';
export { enqueueRawBatch } from './enqueue-raw-batch';
export { RawBatch, packRawBatch, unpackRawBatch } from './raw-batch';
export type { JobData } from './job-data';
export { closeQueues, openQueues, type Queues } from './queues';
export { readSyncState, type SyncState } from './sync-state';

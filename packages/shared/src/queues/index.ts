export {
  enqueueDestination,
  enqueueForward,
  enqueueForwardAgain,
  enqueueInbound,
  enqueueInboundBatch,
  enqueueRepetition,
  enqueueReplay,
  enqueueSync,
  hasLiveDestinationNext,
  hasLiveSyncNext,
  inboundJobId,
  isDestinationQueued,
  isSyncQueued,
} from './enqueue';
export { enqueuePeopleAgain, enqueuePeopleBatch } from './enqueue-people';
export { enqueueRaw } from './enqueue-raw';
export {
  FailedAttempt,
  ForwardRequest,
  SyncRequest,
  destinationQueueName,
  syncQueueName,
  ReplayRequest,
} from './jobs';
export { laneOfJob, type Lane } from './lane';
export { PeopleChange, type ChangedPerson } from './people-change';
export { closeQueues, openQueues, type JobData, type Queues } from './queues';
export { readSyncState, type SyncState } from './sync-state';

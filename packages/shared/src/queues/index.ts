export {
  enqueueForward,
  enqueueForwardAgain,
  enqueueInbound,
  enqueueInboundBatch,
  enqueueReplay,
  enqueueSync,
  hasLiveSyncNext,
  inboundJobId,
  isSyncQueued,
} from './enqueue';
export { FailedAttempt, ForwardRequest, SyncRequest, syncQueueName, type ReplayRequest } from './jobs';
export { laneOfJob, type Lane } from './lane';
export { closeQueues, openQueues, type JobData, type Queues, type Shard } from './queues';
export { shardPrefix } from './shard';
export { readSyncState, type SyncState } from './sync-state';

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
export { enqueuePeopleAgain, enqueuePeopleBatch } from './enqueue-people';
export { FailedAttempt, ForwardRequest, SyncRequest, syncQueueName, type ReplayRequest } from './jobs';
export { laneOfJob, type Lane } from './lane';
export { PeopleChange, type ChangedPerson } from './people-change';
export { closeQueues, openQueues, type JobData, type Queues, type Shard } from './queues';
export { shardPrefix } from './shard';

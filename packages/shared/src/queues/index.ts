export {
  enqueueForward,
  enqueueForwardAgain,
  enqueueInbound,
  enqueueInboundBatch,
  enqueueRepetition,
  enqueueReplay,
  enqueueSync,
  hasLiveSyncNext,
  inboundJobId,
  isSyncQueued,
} from './enqueue';
export { enqueuePeopleAgain, enqueuePeopleBatch } from './enqueue-people';
export { enqueueRaw } from './enqueue-raw';
export { FailedAttempt, ForwardRequest, ReplayRequest, SyncRequest, syncQueueName } from './jobs';
export { laneOfJob, type Lane } from './lane';
export { PeopleChange, type ChangedPerson } from './people-change';
export { closeQueues, openQueues, type JobData, type Queues, type Shard } from './queues';
export { shardPrefix } from './shard';

export {
  FailedAttempt,
  ForwardRequest,
  QUEUES,
  SyncRequest,
  syncQueueName,
  type ReplayRequest,
} from './jobs';
export { laneOfJob, type Lane } from './lane';
export {
  enqueueForward,
  enqueueForwardAgain,
  enqueueInbound,
  enqueueInboundBatch,
  enqueueReplay,
  enqueueSync,
  inboundJobId,
} from './enqueue';
export { shardPrefix } from './shard';
export { closeQueues, openQueues, type JobData, type Queues, type Shard } from './queues';

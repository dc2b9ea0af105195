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
  closeQueues,
  enqueueForward,
  enqueueForwardAgain,
  enqueueInbound,
  enqueueInboundBatch,
  enqueueReplay,
  inboundJobId,
  enqueueSync,
  openQueues,
  type JobData,
  type Queues,
} from './queues';

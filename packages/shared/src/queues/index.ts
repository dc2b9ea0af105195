export {
  DeadLetter,
  FailedAttempt,
  ForwardRequest,
  QUEUES,
  SyncRequest,
  deadLetterId,
  syncQueueName,
} from './jobs';
export {
  addDeadLetter,
  closeQueues,
  enqueueForward,
  enqueueForwardAgain,
  enqueueInbound,
  enqueueInboundBatch,
  inboundJobId,
  enqueueSync,
  openQueues,
  type JobData,
  type Queues,
} from './queues';

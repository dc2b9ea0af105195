export { DeadLetter, FailedAttempt, QUEUES, SyncRequest, deadLetterId, type QueueName } from './jobs';
export {
  addDeadLetter,
  closeQueues,
  enqueueInbound,
  enqueueSync,
  openQueues,
  type JobData,
  type Queues,
} from './queues';

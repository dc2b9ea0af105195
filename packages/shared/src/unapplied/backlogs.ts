import type { Cluster, Redis } from 'ioredis';
import type { WorkspaceOf } from '../domain/subject';
import type { Queues } from '../queues/queues';
import { InboundBacklog } from './inbound-backlog';
import { RawBatchBacklog } from './raw-batch-backlog';

/** The queues that events wait in before they are recorded. */
export interface Backlogs {
  readonly inbound: Pick<InboundBacklog, 'read'>;
  readonly batches: Pick<RawBatchBacklog, 'read'>;
}

/** @param index see `InboundBacklog` */
export function createBacklogs(
  redis: Redis | Cluster,
  { inbound, batches }: Pick<Queues, 'inbound' | 'batches'>,
  workspaceOf: WorkspaceOf,
  index: ConstructorParameters<typeof InboundBacklog>[3],
): Backlogs {
  return {
    inbound: new InboundBacklog(redis, inbound, workspaceOf, index),
    batches: new RawBatchBacklog(redis, batches, workspaceOf),
  };
}

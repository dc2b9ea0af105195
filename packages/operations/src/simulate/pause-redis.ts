import { Cluster } from 'ioredis';
import { OperationError } from '../operation-error';
import type { Stores } from '../stores';

/**
 * Has Redis answer nobody for a time, as one that is frozen. It answers again by itself.
 *
 * @throws {OperationError} `redis_mode_unsupported` for a cluster
 */
export async function pauseRedis({ redis }: Pick<Stores, 'redis'>, ms: number): Promise<void> {
  if (redis instanceof Cluster) {
    throw new OperationError('redis_mode_unsupported', 'a cluster is not paused: this is for the demo');
  }
  await redis.call('CLIENT', 'PAUSE', ms, 'ALL');
}

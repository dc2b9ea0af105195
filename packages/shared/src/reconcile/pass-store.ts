import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { ReconcileMode } from '../domain/reconcile-mode';
import { reconcileKey } from './keys';

const count = z.coerce.number();

const PassState = z.object({
  /** When the workspace was first seen. All times in ms since 1970. */
  firstSeenAt: count,
  /** When the latest pass began; missing before the first. */
  startedAt: count.optional(),
  /** When the latest full pass ended. */
  endedAt: count.optional(),
  /** Whether a pass is under way. */
  running: z
    .enum(['0', '1'])
    .default('0')
    .transform((flag) => flag === '1'),
  mode: ReconcileMode.optional(),
  /** Where the pass under way continues; '' at its beginning. */
  cursor: z.string().default(''),
  /** How many entries the pass has examined. */
  examined: count.default(0),
  /** How many phones it has asked to compare. */
  requested: count.default(0),
});

/** The sweep of one workspace, shared by all workers: the one that takes over continues it. */
export type PassState = z.output<typeof PassState>;

export class PassStore {
  private readonly key: string;

  constructor(
    private readonly redis: Redis | Cluster,
    prefix: string,
    workspace: string,
  ) {
    this.key = reconcileKey(prefix, workspace, 'pass');
  }

  async read(now: number): Promise<PassState> {
    await this.redis.hsetnx(this.key, 'firstSeenAt', now);
    return PassState.parse(await this.redis.hgetall(this.key));
  }

  async start(now: number, mode: ReconcileMode): Promise<void> {
    const fields = { startedAt: now, mode, running: '1', cursor: '', examined: 0, requested: 0 };
    await this.redis.hset(this.key, fields);
  }

  async advance(progress: Pick<PassState, 'cursor' | 'examined' | 'requested'>): Promise<void> {
    await this.redis.hset(this.key, progress);
  }

  async end(now: number): Promise<void> {
    await this.redis.hset(this.key, { endedAt: now, running: '0', cursor: '' });
  }
}

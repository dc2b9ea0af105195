import { randomUUID } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { ReconcileMode } from '../domain/reconcile-mode';
import { reconcileKey } from './keys';
import { AT_BEGINNING, countsOf, definePassUpdate, progressFields, type PassCounts } from './pass-progress';

const time = z.coerce.number();

const Fields = z.object({
  /** When the workspace was first seen. All times in ms since 1970. */
  firstSeenAt: time,
  /** Of the latest pass; '' for one that a worker of an older version began. */
  id: z.string().default(''),
  /** When the latest pass began; missing before the first. */
  startedAt: time.optional(),
  /** When the first pass began since the latest one that ended; missing for one that an older version began. */
  unendedSince: time.optional(),
  /** When the latest full pass ended. */
  endedAt: time.optional(),
  /** Whether a pass is under way. */
  running: z
    .enum(['0', '1'])
    .default('0')
    .transform((flag) => flag === '1'),
  mode: ReconcileMode.optional(),
  /** A digest of the configuration that the latest pass compares by; missing for one that an older version began. */
  config: z.string().optional(),
  ...progressFields,
});

/** The sweep of one workspace, shared by all workers: the one that takes over continues it. */
export interface PassState extends z.output<typeof Fields> {
  /** What the pass found so far, and what was written for it. */
  readonly found: PassCounts;
  readonly repaired: PassCounts;
}

export class PassStore {
  private readonly key: string;

  constructor(
    private readonly redis: Redis | Cluster,
    prefix: string,
    workspace: string,
  ) {
    this.key = reconcileKey(prefix, workspace, 'pass');
    definePassUpdate(redis);
  }

  async read(now: number): Promise<PassState> {
    await this.redis.hsetnx(this.key, 'firstSeenAt', now);
    const hash = await this.redis.hgetall(this.key);
    return { ...Fields.parse(hash), found: countsOf(hash, 'found'), repaired: countsOf(hash, 'repaired') };
  }

  /** Begins a pass, in place of one that is under way. */
  async start(
    now: number,
    pass: {
      readonly mode: ReconcileMode;
      readonly config: string;
      /** See the field. */
      readonly unendedSince: number;
    },
  ): Promise<void> {
    const fields = { ...AT_BEGINNING, ...pass, id: randomUUID(), startedAt: now, running: '1' };
    await this.redis.hset(this.key, fields);
  }

  /** Changes the pass with this id. Does nothing once another pass has begun, as for a worker that was suspended. */
  async advance(id: string, fields: Readonly<Record<string, string | number>>): Promise<void> {
    await this.redis.optoutUpdatePass(this.key, id, '', ...Object.entries(fields).flat());
  }

  async end(id: string, now: number): Promise<void> {
    await this.advance(id, { endedAt: now, running: '0', cursor: '' });
  }
}

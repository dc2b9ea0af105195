import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import type { DestinationName } from '../domain/destination-name';
import { reconcileKey } from './keys';

const count = z.coerce.number();

/**
 *   off      the destination is not configured
 *   running  it was switched on after it was off: what Customer.io holds already is requested for it. -> done
 *   done     it is configured, and all of it has been requested
 */
const Fields = z.object({
  state: z.enum(['off', 'running', 'done']),
  /** All times in ms since 1970. */
  startedAt: count.optional(),
  endedAt: count.optional(),
  /** Where it continues; '' at its beginning. */
  cursor: z.string().default(''),
  /** How many entries it has examined, and for how many it has requested a write. */
  examined: count.default(0),
  requested: count.default(0),
  /** About how many entries there are. */
  estimated: count.default(0),
});

/** How far a destination of a workspace has been caught up with opt-outs from before it was switched on. */
export type CatchUp = z.output<typeof Fields>;

/** In Redis: the hash `...:catch-up:<destination>`, shared by all workers: the one that takes over continues. */
export class CatchUpStore {
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
    private readonly destination: DestinationName,
  ) {}

  /** Returns `undefined` for a workspace that has not been seen by a version that catches up. */
  async read(workspace: string): Promise<CatchUp | undefined> {
    return Fields.safeParse(await this.redis.hgetall(this.key(workspace))).data;
  }

  /** Replaces what is stored. */
  async begin(workspace: string, fields: Partial<CatchUp> & Pick<CatchUp, 'state'>): Promise<void> {
    const key = this.key(workspace);
    await this.redis.multi().del(key).hset(key, fields).exec();
  }

  async advance(workspace: string, fields: Partial<CatchUp>): Promise<void> {
    await this.redis.hset(this.key(workspace), fields);
  }

  private key(workspace: string): string {
    return reconcileKey(this.prefix, workspace, `catch-up:${this.destination}`);
  }
}

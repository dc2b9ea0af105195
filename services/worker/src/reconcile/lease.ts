import { randomUUID } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';

const HOLD = `
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`;
const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
`;

/**
 * Lets one of several workers do something.
 *
 *   free           nobody holds it. -> held by the first that asks
 *   held           its owner extends it with every call. -> free when the owner releases it, or some time after the last call
 *
 * A worker that is suspended may go on for a moment after another took over: what is done under a lease has to be safe to
 * repeat.
 */
export class Lease {
  private readonly owner = randomUUID();

  /** @param ms how long it lasts after the last call of `hold` */
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly key: string,
    private readonly ms: number,
  ) {}

  /** Acquires or extends the lease. Resolves with whether this worker holds it now. */
  async hold(): Promise<boolean> {
    return (await this.redis.eval(HOLD, 1, this.key, this.owner, this.ms)) === 1;
  }

  async release(): Promise<void> {
    await this.redis.eval(RELEASE, 1, this.key, this.owner);
  }
}

import type { Cluster, Redis } from 'ioredis';

/** Longer than any request takes. If a worker dies during its probe, the claim expires and another worker probes. */
const CLAIM_MS = 15_000;

/**
 * The order in which workers probe an API, held in one Redis key that all of them share. The key exists while a probe is
 * under way and until the next one is due. The interval runs from the end of one probe to the start of the next, so that
 * no interval contains two probes, however long Customer.io takes to respond.
 */
export class ProbeSchedule {
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly key: string,
  ) {}

  /** Claims the next probe for this process. Resolves with false while none is due. */
  async claim(): Promise<boolean> {
    return (await this.redis.set(this.key, 1, 'PX', CLAIM_MS, 'NX')) !== null;
  }

  /** Time until a probe may be claimed, in ms; 0 or less when one may be claimed now. */
  dueInMs(): Promise<number> {
    return this.redis.pttl(this.key);
  }

  /** Makes the next probe due in `ms`. */
  async scheduleNext(ms: number): Promise<void> {
    await this.redis.set(this.key, 1, 'PX', ms);
  }

  async clear(): Promise<void> {
    await this.redis.del(this.key);
  }
}

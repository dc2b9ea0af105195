import type { Cluster, Redis } from 'ioredis';
import type { Subject } from '../domain/subject';
import { reconcileKey, toMember } from './keys';

/** As long as a sync may fail before it becomes a dead letter, and some more. */
const TTL_SECONDS = 48 * 3_600;

/**
 * People who are said to have a number since a moment ago, by phone: a comparison reads them by cio_id, since the search index
 * may not have them yet. Whether they have the number is for Customer.io to say. They are forgotten after two days; by then
 * the ledger entry lists those who had it.
 */
export class Newcomers {
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
  ) {}

  async add(subject: Subject, cioId: string): Promise<void> {
    const key = this.key(subject);
    await this.redis.sadd(key, cioId);
    await this.redis.expire(key, TTL_SECONDS);
  }

  /** Returns their cio_ids. */
  list(subject: Subject): Promise<string[]> {
    return this.redis.smembers(this.key(subject));
  }

  private key(subject: Subject): string {
    return reconcileKey(this.prefix, subject.workspace, `newcomers:${toMember(subject)}`);
  }
}

import { createHash } from 'node:crypto';
import type { E164 } from '../domain/phone';

/** Returns the shard of a phone, from 0 to `shards - 1`: always the same one for the same number of shards. */
export function shardOf(phone: E164, shards: number): number {
  return createHash('sha256').update(phone).digest().readUInt32BE() % shards;
}

/**
 * Returns the key prefix of a shard. The first shard has the prefix of the queues itself, so that its jobs stay in use when
 * shards are added. In a cluster the number is within the hash tag: `{optout}`, `{optout:1}`. The separator is a colon,
 * because a QUEUE_PREFIX contains none: the keys of another system cannot collide.
 */
export function shardPrefix(prefix: string, shard: number): string {
  return shard === 0 ? prefix : prefix.replace(/\}?$/, (end) => `:${String(shard)}${end}`);
}

import { createHash } from 'node:crypto';
import type { E164 } from '../domain/phone';

/** Which of `shards` shards (numbered from 0) the jobs of a phone go to: always the same one while the number is. */
export function shardOf(phone: E164, shards: number): number {
  return createHash('sha256').update(phone).digest().readUInt32BE() % shards;
}

/**
 * The prefix of a shard's keys, from that of all queues: the first shard's is that one, so that what is there stays in use
 * when shards are added. In a cluster the number is within the hash tag: `{optout}`, `{optout:1}`. A colon, as no
 * QUEUE_PREFIX holds one: no other system's keys can be there.
 */
export function shardPrefix(prefix: string, shard: number): string {
  return shard === 0 ? prefix : prefix.replace(/\}?$/, (end) => `:${String(shard)}${end}`);
}

import type { Cluster, Redis } from 'ioredis';
import { UnreadableEntryError, parseLedgerEntry, type LedgerEntry } from './ledger-entry';

/** An entry, or why it cannot be read; undefined where there is none. */
export type ReadEntry = LedgerEntry | UnreadableEntryError | undefined;

/** Reads the entries of these keys in one round trip: on a cluster those of the masters side by side. */
export function readEntries(redis: Redis | Cluster, keys: readonly string[]): Promise<ReadEntry[]> {
  // Each is parsed as its reply arrives, so that others have their turn between.
  return Promise.all(keys.map(async (key) => parse(await redis.hgetall(key))));
}

function parse(hash: Readonly<Record<string, string>>): ReadEntry {
  try {
    return parseLedgerEntry(hash);
  } catch (error) {
    if (error instanceof UnreadableEntryError) return error;
    throw error;
  }
}

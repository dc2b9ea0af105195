import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';

/** Which program wrote something, and under which configuration. */
export interface Origin {
  /** The release, such as `worker 1.4.0`. */
  readonly build: string;
  /** A digest of the settings that decide what is written. */
  readonly config: string;
}

const keyOf = (prefix: string): string => `${prefix}:origins`;

/**
 * Stores an origin in the table `<prefix>:origins`, once, and returns its short id. The id is derived from the text, so that every
 * process of a release under one configuration has the same.
 */
export async function registerOrigin(
  redis: Redis | Cluster,
  prefix: string,
  origin: Origin,
): Promise<string> {
  const text = `${origin.build} ${origin.config}`;
  const id = createHash('sha256').update(text).digest('hex').slice(0, 6);
  await redis.hsetnx(keyOf(prefix), id, text);
  return id;
}

/** Returns the texts of all origins by their short id, such as `worker 1.4.0 3f2a9c01`. */
export async function readOrigins(
  redis: Redis | Cluster,
  prefix: string,
): Promise<ReadonlyMap<string, string>> {
  return new Map(Object.entries(await redis.hgetall(keyOf(prefix))));
}

import { descriptorLimit } from '@optout-sync/shared/service';

/** Descriptors that the public port leaves for Redis, the spool, the admin port, the log and Node itself. */
const RESERVED = 128;

/** Bounds the memory, of which an idle connection takes some kB, where there are more descriptors than anybody needs. */
const MOST_CONNECTIONS = 16_384;

/** The number of connections that the public port may have at most. With few descriptors it has a quarter of them. */
export function connectionLimit(descriptors = descriptorLimit()): number {
  return Math.min(MOST_CONNECTIONS, Math.max(descriptors - RESERVED, Math.floor(descriptors / 4)));
}

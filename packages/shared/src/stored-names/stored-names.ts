import { setTimeout as delay } from 'node:timers/promises';
import { Cluster, type Redis } from 'ioredis';
import { DestinationName } from '../domain/destination-name';
import { QUEUES, destinationQueueName } from '../queues/jobs';
import { DEFAULT_WORKSPACE } from '../domain/subject';

/** The names of workspaces that data is stored under. */
export interface StoredNames {
  /** Ledger entries by name. */
  readonly ledger: Readonly<Record<string, number>>;
  /** Jobs of syncs and optional destinations, in whatever state, by name. */
  readonly queues: Readonly<Record<string, number>>;
}

/** Keys that one SCAN call examines: a millisecond in which Redis does nothing else. */
const PER_SCAN = 500;
/** The keys of a queue that exist only while it has jobs in that state. */
const LISTS = new Set(['wait', 'active', 'paused']);
const SORTED_SETS = new Set(['delayed', 'prioritized', 'failed']);

/**
 * Finds the workspaces that have ledger entries or jobs of their own, whatever is configured. It walks all keys of every master, without
 * an index: a hundred bytes of each ledger key are read, and no entry.
 *
 * @param prefix the plain prefix (QUEUE_PREFIX)
 * @param options.pauseMs between two SCAN calls, so that other commands are not delayed
 * @throws what Redis throws, and the reason of `signal` when that is aborted
 */
export async function readStoredNames(
  redis: Redis | Cluster,
  prefix: string,
  { pauseMs = 0, signal }: { readonly pauseMs?: number; readonly signal?: AbortSignal } = {},
): Promise<StoredNames> {
  const ledger: Record<string, number> = {};
  const queueKeys = new Set<string>();
  const ledgerKey = new RegExp(`^${prefix}:ledger:\\{([^:{}]+):`);
  const queueKey = queueKeyPattern(prefix);
  for await (const key of keysOf(redis, `*${prefix}*`, { pauseMs, signal })) {
    const name = ledgerKey.exec(key)?.[1];
    if (name !== undefined) ledger[name] = (ledger[name] ?? 0) + 1;
    else if (queueKey.test(key)) queueKeys.add(key);
  }
  return { ledger, queues: await countJobs(redis, queueKeys, queueKey) };
}

async function* keysOf(
  redis: Redis | Cluster,
  pattern: string,
  { pauseMs, signal }: { readonly pauseMs: number; readonly signal: AbortSignal | undefined },
): AsyncGenerator<string> {
  for (const node of redis instanceof Cluster ? redis.nodes('master') : [redis]) {
    let cursor = '0';
    do {
      signal?.throwIfAborted();
      const [next, keys] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', PER_SCAN);
      yield* keys;
      cursor = next;
      if (pauseMs > 0) await delay(pauseMs, undefined, { signal });
    } while (cursor !== '0');
  }
}

/**
 * The keys of the queues that each workspace has; in a cluster the prefix is in braces. The number after it is that of a queue
 * shard of an earlier version.
 */
function queueKeyPattern(prefix: string): RegExp {
  const plain = DestinationName.options.map((name) => destinationQueueName(name, DEFAULT_WORKSPACE));
  const queues = [QUEUES.sync, ...plain].join('|');
  return new RegExp(`^\\{?${prefix}(?::\\d+)?\\}?:(?:${queues})(?:-([a-z0-9_-]+))?:(\\w+)$`);
}

async function countJobs(
  redis: Redis | Cluster,
  keys: ReadonlySet<string>,
  pattern: RegExp,
): Promise<Record<string, number>> {
  const queues: Record<string, number> = {};
  for (const key of keys) {
    const [, name = DEFAULT_WORKSPACE, state = ''] = pattern.exec(key) ?? [];
    const jobs = LISTS.has(state)
      ? await redis.llen(key)
      : SORTED_SETS.has(state)
        ? await redis.zcard(key)
        : 0;
    if (jobs > 0) queues[name] = (queues[name] ?? 0) + jobs;
  }
  return queues;
}

/** Returns what is stored under names that are not `served`. */
export function unservedNames(
  { ledger, queues }: StoredNames,
  served: { has(name: string): boolean },
): StoredNames {
  const unserved = (counts: Readonly<Record<string, number>>): Record<string, number> =>
    Object.fromEntries(Object.entries(counts).filter(([name]) => !served.has(name)));
  return { ledger: unserved(ledger), queues: unserved(queues) };
}

import { Cluster, type Redis } from 'ioredis';

/** What makes a Redis lose what it acknowledged; empty for one that keeps it. */
export interface Durability {
  readonly faults: readonly string[];
  /** Why it could not be told (managed services often forbid CONFIG). */
  readonly unknown?: string;
}

/**
 * Whether Redis keeps what it acknowledges: measured, a Redis killed without an append-only file loses every job, one that
 * may evict loses jobs when it is full. Asks every master of a cluster.
 */
export async function assessDurability(redis: Redis | Cluster): Promise<Durability> {
  const masters = redis instanceof Cluster ? redis.nodes('master') : [redis];
  try {
    const settings = await Promise.all(masters.map(settingsOf));
    return { faults: [...new Set(settings.flatMap(faultsOf))] };
  } catch (error) {
    return { faults: [], unknown: (error as Error).message };
  }
}

async function settingsOf(redis: Redis): Promise<Map<string, string>> {
  const settings = new Map<string, string>();
  for (const name of ['appendonly', 'maxmemory-policy']) {
    const [, value = ''] = await redis.config('GET', name);
    settings.set(name, value);
  }
  return settings;
}

function faultsOf(settings: ReadonlyMap<string, string>): string[] {
  const policy = settings.get('maxmemory-policy') ?? '';
  return [
    ...(settings.get('appendonly') === 'yes'
      ? []
      : ['the append-only file is off (appendonly yes): a Redis that dies loses what it acknowledged']),
    ...(policy === 'noeviction'
      ? []
      : [`the eviction policy is ${policy} (maxmemory-policy noeviction): a full Redis drops jobs`]),
  ];
}

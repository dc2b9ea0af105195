import { Cluster, type Redis } from 'ioredis';

/** A setting that lets Redis lose acknowledged writes: its name in metrics, and a message with the correct setting. */
interface DurabilityFault {
  readonly name: (typeof DURABILITY_FAULTS)[number];
  readonly message: string;
}

export const DURABILITY_FAULTS = ['no_append_only_file', 'no_fsync', 'may_evict'] as const;

/** The result of an assessment. Without faults, Redis keeps what it acknowledges. */
export interface Durability {
  readonly faults: readonly DurabilityFault[];
  /** Why at least one master could not be assessed: managed services often forbid CONFIG. */
  readonly unknown?: string;
}

/**
 * Assesses whether Redis keeps what it acknowledges, on every master of a cluster. Measured: a Redis that is killed without
 * an append-only file loses every job, and one that may evict loses jobs when it is full.
 *
 * @throws {Error} when no master could be asked
 */
export async function assessDurability(redis: Redis | Cluster): Promise<Durability> {
  const masters = redis instanceof Cluster ? redis.nodes('master') : [redis];
  const answers = await Promise.allSettled(masters.map(settingsOf));
  const settings = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const [failed] = answers.flatMap((answer) =>
    answer.status === 'rejected' ? [answer.reason as Error] : [],
  );
  // An error reply of Redis is permanent; any other error is a connection that recovers.
  const refused = failed?.name === 'ReplyError';
  if (failed && !refused && settings.length === 0) throw failed;
  const faults = new Map(settings.flatMap(faultsOf).map((fault) => [fault.name, fault]));
  return { faults: [...faults.values()], ...(refused && { unknown: failed.message }) };
}

interface Settings {
  readonly appendonly: string;
  readonly appendfsync: string;
  readonly 'maxmemory-policy': string;
}

async function settingsOf(redis: Redis): Promise<Settings> {
  const ask = async (name: keyof Settings): Promise<string> => {
    const [, value] = await redis.config('GET', name);
    // Some servers that speak Redis's protocol support CONFIG without these settings.
    if (value === undefined)
      throw Object.assign(new Error(`CONFIG GET ${name} is empty`), { name: 'ReplyError' });
    return value;
  };
  const [appendonly, appendfsync, policy] = await Promise.all([
    ask('appendonly'),
    ask('appendfsync'),
    ask('maxmemory-policy'),
  ]);
  return { appendonly, appendfsync, 'maxmemory-policy': policy };
}

function faultsOf(settings: Settings): DurabilityFault[] {
  const faults: DurabilityFault[] = [];
  if (settings.appendonly !== 'yes') {
    const message =
      'the append-only file is off (appendonly yes): Redis loses what it acknowledged when it is killed';
    faults.push({ name: 'no_append_only_file', message });
  } else if (settings.appendfsync === 'no') {
    const message =
      'the append-only file is never fsynced (appendfsync everysec): a machine that crashes loses about 30 s of writes';
    faults.push({ name: 'no_fsync', message });
  }
  const policy = settings['maxmemory-policy'];
  if (policy !== 'noeviction') {
    const message = `the eviction policy is ${policy} (maxmemory-policy noeviction): Redis drops jobs when it is full`;
    faults.push({ name: 'may_evict', message });
  }
  return faults;
}

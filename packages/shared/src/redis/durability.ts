import { Cluster, type Redis } from 'ioredis';

/** What makes a Redis lose what it acknowledged: a name for metrics, and in words what it is and what would mend it. */
interface DurabilityFault {
  readonly name: (typeof DURABILITY_FAULTS)[number];
  readonly message: string;
}

export const DURABILITY_FAULTS = ['no_append_only_file', 'no_fsync', 'may_evict'] as const;

/** What was found; no faults for a Redis that keeps what it takes. */
export interface Durability {
  readonly faults: readonly DurabilityFault[];
  /** Why it could not be told, of one master at least: managed services often forbid CONFIG. */
  readonly unknown?: string;
}

/**
 * Whether Redis keeps what it acknowledges: measured, a Redis killed without an append-only file loses every job, one that
 * may evict loses jobs when it is full. Asks every master of a cluster. Rejects when none of them could be asked.
 */
export async function assessDurability(redis: Redis | Cluster): Promise<Durability> {
  const masters = redis instanceof Cluster ? redis.nodes('master') : [redis];
  const answers = await Promise.allSettled(masters.map(settingsOf));
  const settings = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const [failed] = answers.flatMap((answer) =>
    answer.status === 'rejected' ? [answer.reason as Error] : [],
  );
  // What Redis itself refuses stays so; anything else is a connection that will be there again.
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
    // Some that speak Redis's protocol know CONFIG and not its settings.
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
      'the append-only file is off (appendonly yes): a Redis that dies loses what it acknowledged';
    faults.push({ name: 'no_append_only_file', message });
  } else if (settings.appendfsync === 'no') {
    const message =
      'the append-only file is never fsynced (appendfsync everysec): a machine that dies loses half a minute';
    faults.push({ name: 'no_fsync', message });
  }
  const policy = settings['maxmemory-policy'];
  if (policy !== 'noeviction') {
    const message = `the eviction policy is ${policy} (maxmemory-policy noeviction): a full Redis drops jobs`;
    faults.push({ name: 'may_evict', message });
  }
  return faults;
}

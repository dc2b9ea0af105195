import { Cluster, type Redis } from 'ioredis';
import type { RedisConfig } from '@optout-sync/shared/config';
import { assessDurability } from '@optout-sync/shared/redis';
import { ok, problem, skipped, type Finding } from './finding';

const OLDEST = [6, 2] as const;
const PINGS = 20;
/** In ms; the median of the pings. */
const SLOW_MS = 20;
/** Of the memory that Redis may use. */
const LOW_SHARE = 0.2;
const MB = 1024 ** 2;

/** Checks a Redis that is reachable: version, durability, memory and latency. @throws {Error} when it stops answering */
export async function checkRedis(redis: Redis | Cluster, config: RedisConfig): Promise<Finding[]> {
  const masters = redis instanceof Cluster ? redis.nodes('master') : [redis];
  const infos = await Promise.all(masters.map(async (master) => parseInfo(await master.info())));
  return [
    checkVersion(infos, config),
    ...(await checkDurability(redis)),
    ...infos.map((info, n) => checkMemory(info, infos.length > 1 ? ` of master ${String(n + 1)}` : '')),
    await checkLatency(redis),
  ];
}

type Info = ReadonlyMap<string, string>;

/** The lines `name:value` of INFO. */
function parseInfo(text: string): Info {
  return new Map([...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name = '', value = '']) => [name, value]));
}

function checkVersion(infos: readonly Info[], { mode }: RedisConfig): Finding {
  const versions = [
    ...new Set(infos.map((info) => info.get('valkey_version') ?? info.get('redis_version') ?? '?')),
  ];
  const what = `Redis answers: ${mode}, version ${versions.join(', ')}`;
  const isOld = infos.some((info) => {
    const [major = 0, minor = 0] = (info.get('redis_version') ?? '').split('.').map(Number);
    return major > 0 && (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]));
  });
  return isOld ? problem('redis', 'redis_too_old', what) : ok('redis', what);
}

async function checkDurability(redis: Redis | Cluster): Promise<Finding[]> {
  const { faults, unknown } = await assessDurability(redis);
  if (faults.length > 0) return faults.map(({ message }) => problem('redis', 'redis_not_durable', message));
  if (unknown !== undefined) {
    return [problem('redis', 'redis_durability_unknown', `CONFIG GET is refused (${unknown})`)];
  }
  return [ok('redis', 'Redis keeps what it acknowledges: append-only file, no eviction')];
}

function checkMemory(info: Info, whose: string): Finding {
  const number = (name: string): number => Number(info.get(name) ?? 0);
  const used = number('used_memory');
  const limit = number('maxmemory') || number('total_system_memory');
  if (!(limit > 0)) return skipped('redis', `how much memory${whose} Redis may use is unknown`);
  const percent = Math.round((used / limit) * 100);
  const what = `memory${whose}: ${String(Math.round(used / MB))} of ${String(Math.round(limit / MB))} MB (${String(percent)} %)`;
  return 1 - used / limit < LOW_SHARE ? problem('redis', 'redis_memory_low', what) : ok('redis', what);
}

async function checkLatency(redis: Redis | Cluster): Promise<Finding> {
  const times: number[] = [];
  for (let n = 0; n < PINGS; n++) {
    const startedAt = performance.now();
    await redis.ping();
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  const [median = 0, longest = 0] = [times[PINGS / 2], times.at(-1)];
  const what = `latency: ${median.toFixed(1)} ms, at most ${longest.toFixed(1)} ms in ${String(PINGS)} pings`;
  return median > SLOW_MS ? problem('redis', 'redis_slow', what) : ok('redis', what);
}

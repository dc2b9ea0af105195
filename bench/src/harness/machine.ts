import { cpus, release, totalmem, type } from 'node:os';
import type { BenchRedis } from './bench-redis';
import type { Cores } from '../process/cores';

/** The machine and software of a run. */
export interface Machine {
  readonly at: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly redis: string;
  /** Undefined when nothing is pinned. */
  readonly pinning: Cores | undefined;
  /** Load average of the minute before the run: other work disturbs the figures. */
  readonly loadBefore: number;
}

export async function describeMachine(
  redis: BenchRedis,
  pinning: Cores | undefined,
  loadBefore: number,
): Promise<Machine> {
  const version = /redis_version:(\S+)/.exec(await redis.client.info('server'))?.[1] ?? 'unknown';
  return {
    at: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    system: `${type()} ${release()}`,
    node: process.version,
    redis: version,
    pinning,
    loadBefore,
  };
}

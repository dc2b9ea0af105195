import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import type { Redis } from 'ioredis';

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
  redis: { readonly client: Redis },
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

/** The cores of a benchmark's programs, in the notation of `taskset`. */
export interface Cores {
  /** One core, for the measured program alone. */
  readonly measured: string;
  /** All other cores: for the load, Redis and the sandbox. */
  readonly others: string;
}

/** Undefined without `taskset` or with a single core: nothing is pinned, the figures are unreliable, and the report says so. */
export function availableCores(): Cores | undefined {
  if (spawnSync('taskset', ['--version']).status !== 0) return undefined;
  const [first, ...others] = allowedCores();
  return first === undefined || others.length === 0
    ? undefined
    : { measured: String(first), others: others.join(',') };
}

/** `command` with its arguments, pinned to `cores` unless that is undefined. */
export function pinned(cores: string | undefined, command: readonly string[]): string[] {
  return cores === undefined ? [...command] : ['taskset', '-c', cores, ...command];
}

/** Moves all threads of a running process to `cores`. */
export function moveTo(cores: string | undefined, pid: number | undefined): void {
  if (cores !== undefined && pid !== undefined) spawnSync('taskset', ['-apc', cores, String(pid)]);
}

/** The cores of this process: a container may have fewer than the machine. The kernel's list looks like `0-2,5`. */
function allowedCores(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Which cores a benchmark's programs run on, as `taskset` writes them. */
export interface Cores {
  /** One core, of what is measured alone. */
  readonly measured: string;
  /** All others: the load, Redis, and what else is needed. */
  readonly others: string;
}

/** Undefined where nothing can be pinned: no `taskset`, or a single core. Figures then say little; the report says so. */
export function availableCores(): Cores | undefined {
  if (spawnSync('taskset', ['--version']).status !== 0) return undefined;
  const [first, ...others] = allowedCores();
  return first === undefined || others.length === 0
    ? undefined
    : { measured: String(first), others: others.join(',') };
}

/** `command` with its arguments, pinned to `cores` where that can be done. */
export function pinned(cores: string | undefined, command: readonly string[]): string[] {
  return cores === undefined ? [...command] : ['taskset', '-c', cores, ...command];
}

/** Moves a process that runs, all its threads, to `cores`. */
export function moveTo(cores: string | undefined, pid: number | undefined): void {
  if (cores !== undefined && pid !== undefined) spawnSync('taskset', ['-apc', cores, String(pid)]);
}

/** Of this process: a container may have fewer than the machine. The list is like `0-2,5`. */
function allowedCores(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}

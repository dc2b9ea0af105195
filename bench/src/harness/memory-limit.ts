import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CGROUPS = '/sys/fs/cgroup';

/** A limit of memory for processes, as that of a container: without swap, and the kernel kills what exceeds it. */
export interface MemoryLimit {
  /** A process that writes its id there is limited from then on. */
  readonly procs: string;
  /** How many processes the kernel has killed for it. */
  kills(): number;
  /** Removes the limit, once its processes have ended. */
  remove(): void;
}

/**
 * Makes a control group with a memory limit. Returns undefined where this process may not make one: not root, or no control
 * groups for memory.
 */
export function limitMemory(name: string, bytes: number): MemoryLimit | undefined {
  try {
    return existsSync(join(CGROUPS, 'cgroup.controllers')) ? unified(name, bytes) : legacy(name, bytes);
  } catch {
    return undefined;
  }
}

/** Control groups of version 2. */
function unified(name: string, bytes: number): MemoryLimit {
  writeFileSync(join(CGROUPS, 'cgroup.subtree_control'), '+memory');
  return limitIn(join(CGROUPS, name), {
    files: [
      ['memory.max', bytes],
      ['memory.swap.max', 0],
    ],
    events: 'memory.events',
  });
}

/** Control groups of version 1. */
function legacy(name: string, bytes: number): MemoryLimit {
  return limitIn(join(CGROUPS, 'memory', name), {
    // The second is of memory and swap together, and never below the first.
    files: [
      ['memory.limit_in_bytes', bytes],
      ['memory.memsw.limit_in_bytes', bytes],
    ],
    events: 'memory.oom_control',
  });
}

function limitIn(
  folder: string,
  { files, events }: { readonly files: readonly (readonly [string, number])[]; readonly events: string },
): MemoryLimit {
  mkdirSync(folder);
  try {
    for (const [file, value] of files) writeFileSync(join(folder, file), String(value));
  } catch (error) {
    rmdirSync(folder);
    throw error;
  }
  return {
    procs: join(folder, 'cgroup.procs'),
    kills: () =>
      Number(/^oom_kill (\d+)$/m.exec(readFileSync(join(folder, events), 'utf8'))?.[1] ?? Number.NaN),
    remove: () => rmdirSync(folder),
  };
}

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * What is known of a process: from /proc where there is one, since not every machine has `ps`. Undefined when it is gone.
 *
 * @param {number} pid
 * @returns {{ parent: number, args: string, started?: string } | undefined} `started`, in clock ticks since the boot,
 *   tells it from a later process with the same id; only /proc knows it
 */
export function processInfo(pid) {
  return fromProc(pid) ?? fromPs(pid);
}

function fromProc(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    // Fields are counted from behind the program's name, which may hold spaces and brackets itself (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), args, started: fields[19] };
  } catch {
    return undefined;
  }
}

function fromPs(pid) {
  const { stdout } = spawnSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' });
  const [, parent, args = ''] = /^\s*(\d+)\s+(.*)/.exec(stdout ?? '') ?? [];
  return parent === undefined ? undefined : { parent: Number(parent), args };
}

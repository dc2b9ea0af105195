import { readFileSync } from 'node:fs';
import { isAlive } from './is-alive';

/**
 * What tells a process from a later one with the same id: `<pid> <when it started>`, in clock ticks since the boot.
 * Without /proc it is the id alone.
 */
export function processMark(pid: number): string {
  return [pid, startOf(pid)].join(' ').trim();
}

/** The id of the process that left this mark, if that one still runs. */
export function runningProcess(mark: string): number | undefined {
  const [id, start] = mark.trim().split(' ');
  const pid = Number(id) || undefined;
  if (pid === undefined || !isAlive(pid)) return undefined;
  const now = startOf(pid);
  return start && now && start !== now ? undefined : pid;
}

function startOf(pid: number): string {
  try {
    // Fields are counted from behind the program's name, which may hold spaces and brackets itself (proc(5): field 22).
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

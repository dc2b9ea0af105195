import { readFileSync } from 'node:fs';

/** USER_HZ of Linux on every architecture that Node supports. */
const TICKS_PER_SECOND = 100;

/**
 * The CPU time of a process so far in seconds, user and system, with a resolution of 10 ms; undefined without /proc. Unlike
 * a rate it hardly changes when other programs use the same core.
 */
export function cpuSeconds(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The fields after the name in parentheses, which may contain anything: state is field 3, utime 14, stime 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return undefined;
  }
}

/** Resident memory of a process in MB (10^6 bytes); NaN without /proc. */
export const residentMb = (pid: number): number => megabytes(pid, /^VmRSS:\s*(\d+) kB$/m);

/** The most resident memory that a process has had, in MB (10^6 bytes); NaN without /proc. */
export const peakMb = (pid: number): number => megabytes(pid, /^VmHWM:\s*(\d+) kB$/m);

function megabytes(pid: number, line: RegExp): number {
  try {
    const kB = line.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1];
    return (Number(kB) * 1_024) / 1e6;
  } catch {
    return Number.NaN;
  }
}

import { readFileSync } from 'node:fs';

/** Resident memory of a process in MB (10^6 bytes); NaN without /proc. */
export function residentMb(pid: number): number {
  try {
    const kB = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1];
    return (Number(kB) * 1_024) / 1e6;
  } catch {
    return Number.NaN;
  }
}

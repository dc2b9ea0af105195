import { readFileSync } from 'node:fs';

/** A part has ended when no process has its id, or that process is only waiting for its parent to notice. */
export function hasEnded(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

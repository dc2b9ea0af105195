import { waitFor } from '@optout-sync/local-runtime/process';
import type { ManagedProcess } from '../environment/managed-process';

/** A process has to end within this time after SIGTERM, whatever reads its log. */
const END_WITHIN_MS = 25_000;

/**
 * Ends a process, whose log nobody has read during `work`, with SIGTERM, and starts it again.
 *
 * @throws {Error} when it does not end in time, or not by itself with exit code 0
 */
export async function withBlockedLogs(managed: ManagedProcess, work: () => Promise<void>): Promise<void> {
  const { running } = managed;
  if (!running) throw new Error('the process has ended');
  const release = running.holdOutput();
  try {
    await work();
    await running.kill('SIGTERM');
    await waitFor(() => !isAlive(running.pid), {
      what: 'the end of a process whose log is not read',
      timeoutMs: END_WITHIN_MS,
    });
  } finally {
    release();
  }
  const { code, signal } = await running.exited;
  if (code !== 0) throw new Error(`a process ended with ${signal ?? String(code)}, not 0`);
  await managed.start();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

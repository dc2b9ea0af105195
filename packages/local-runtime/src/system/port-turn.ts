import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeLock } from '../process/lock';
import { waitFor } from '../process/wait-for';

const TURN_MS = 60_000;

/**
 * Does `work`, which chooses ports and has them listened on, while no other start of this user's does the same:
 * else two would find the same port free, and one would take the other's service for its own.
 */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const file = join(tmpdir(), `optout-sync-ports-${process.getuid?.() ?? 'user'}.lock`);
  const lock = await waitFor(() => takeLock(file, 'choosing ports'), {
    what: 'another start to have its ports',
    timeoutMs: TURN_MS,
    everyMs: 50,
  });
  try {
    return await work();
  } finally {
    lock.release();
  }
}

import { withTimeout } from '@optout-sync/shared/service';
import type { Trap } from '@optout-sync/testkit';

const CATCH_WITHIN_MS = 120_000;

/**
 * Resolves when the trap has caught a match.
 *
 * @param what what the trap waits for, for the error
 * @throws {Error} when nothing matches within 2 min, which is long on a loaded machine too
 */
export async function waitForTrap(trap: Trap, what: string): Promise<void> {
  try {
    await withTimeout(trap.sprung, CATCH_WITHIN_MS);
  } catch (cause) {
    trap.remove();
    throw new Error(`timed out waiting for ${what}`, { cause });
  }
}

import { withTimeout } from '@optout-sync/shared/service';
import type { Trap } from '@optout-sync/testkit';

const SPRING_MS = 30_000;

/** Resolves when the trap has caught something. @throws Error, naming what was waited for, when nothing came in time */
export async function waitForTrap(trap: Trap, what: string): Promise<void> {
  try {
    await withTimeout(trap.sprung, SPRING_MS);
  } catch (cause) {
    trap.remove();
    throw new Error(`waited in vain for: ${what}`, { cause });
  }
}

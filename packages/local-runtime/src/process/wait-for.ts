import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  /** Completes the sentence "timed out waiting for ...". */
  readonly what: string;
  /** Milliseconds to wait at most (default 30,000). */
  readonly timeoutMs?: number;
  /** Milliseconds between two checks (default 20). */
  readonly everyMs?: number;
  /** Called before each check: a reason ends the wait at once. */
  readonly giveUp?: () => string | false | undefined;
}

type Falsy = false | 0 | '' | null | undefined;

/**
 * Checks `condition` until it returns a truthy value. A condition that throws is checked again.
 *
 * @returns that value
 * @throws {Error} naming `what`, the time waited, and what the last check returned or threw
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { what, timeoutMs = 30_000, everyMs = 20, giveUp }: WaitOptions,
): Promise<Exclude<Awaited<T>, Falsy>> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  let reason: string | false | undefined;
  do {
    try {
      const value = await condition();
      if (value) return value as Exclude<Awaited<T>, Falsy>;
      last = value;
    } catch (error) {
      last = error;
    }
    await delay(everyMs);
    reason = giveUp?.();
  } while (!reason && performance.now() < deadline);
  const failure = reason
    ? `gave up waiting for ${what}: ${reason}`
    : `timed out waiting for ${what} after ${timeoutMs} ms`;
  throw new Error(`${failure}; last check: ${describe(last)}`);
}

function describe(value: unknown): string {
  if (value instanceof Error) return value.message;
  return value === undefined ? 'nothing yet' : JSON.stringify(value);
}

import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  /** Completes the sentence "waited in vain for ...". */
  readonly what: string;
  /** Milliseconds until giving up (default 10,000). */
  readonly timeoutMs?: number;
  /** Milliseconds between two looks (default 20). */
  readonly everyMs?: number;
  /** Asked before each look: a reason ends the wait at once. */
  readonly giveUp?: () => string | false | undefined;
}

type Falsy = false | 0 | '' | null | undefined;

/**
 * Looks at `condition` until it gives something truthy, and returns that.
 *
 * @throws Error naming `what`, the time waited, and what the last look gave or threw.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { what, timeoutMs = 10_000, everyMs = 20, giveUp }: WaitOptions,
): Promise<Exclude<Awaited<T>, Falsy>> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  let why: string | false | undefined;
  do {
    try {
      const value = await condition();
      if (value) return value as Exclude<Awaited<T>, Falsy>;
      last = value;
    } catch (error) {
      last = error;
    }
    await delay(everyMs);
    why = giveUp?.();
  } while (!why && performance.now() < deadline);
  throw new Error(
    `waited in vain for ${what}: ${why || `not within ${timeoutMs} ms`}; last look: ${describe(last)}`,
  );
}

function describe(value: unknown): string {
  if (value instanceof Error) return value.message;
  return value === undefined ? 'nothing yet' : JSON.stringify(value);
}

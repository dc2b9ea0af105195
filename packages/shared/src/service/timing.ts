/**
 * Wraps `report` so that it runs at most once in `ms`. What comes in between is dropped and counted; the next report gets
 * the number as `dropped`. It bounds the log where a client retries every second or forges requests.
 */
export function throttle<What>(
  ms: number,
  report: (dropped: number, what: What) => void,
): (what: What) => void {
  let quietUntil = 0;
  let dropped = 0;
  return (what) => {
    const now = performance.now();
    if (now < quietUntil) {
      dropped += 1;
      return;
    }
    quietUntil = now + ms;
    report(dropped, what);
    dropped = 0;
  };
}

/** Work that has not settled in time. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * Resolves and rejects as `work` does. The work itself is not stopped when the time is over.
 *
 * @param ms how long to wait
 * @throws {TimeoutError} when `work` has not settled within `ms`
 */
export async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new TimeoutError(`no answer within ${String(ms)} ms`));
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

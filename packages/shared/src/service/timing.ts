/**
 * Lets something be said at most once in `ms`; what is left out is counted and told with the next. A client that retries
 * every second, or one that forges requests, must not fill the log for as long as it goes on.
 */
export function throttle<What>(ms: number, say: (unsaid: number, what: What) => void): (what: What) => void {
  let quietUntil = 0;
  let unsaid = 0;
  return (what) => {
    const now = performance.now();
    if (now < quietUntil) {
      unsaid += 1;
      return;
    }
    quietUntil = now + ms;
    say(unsaid, what);
    unsaid = 0;
  };
}

/** What the promise gives, or an Error when it gives nothing within `ms`. The work itself is not stopped. */
export async function withTimeout<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${String(ms)} ms`));
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Lets something be said at most once in `ms`; what is left out is counted and told with the next. A client that retries
 * every second, or one that forges requests, must not fill the log for as long as it goes on.
 */
export function seldom<What>(ms: number, say: (unsaid: number, what: What) => void): (what: What) => void {
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

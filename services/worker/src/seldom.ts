/**
 * Lets something be said at most once in `ms`; what is left out is counted and told with the next. A client that retries
 * every second must not fill the log for as long as an outage lasts.
 */
export function seldom(ms: number, say: (unsaid: number, error: Error) => void): (error: Error) => void {
  let quietUntil = 0;
  let unsaid = 0;
  return (error) => {
    const now = performance.now();
    if (now < quietUntil) {
      unsaid += 1;
      return;
    }
    quietUntil = now + ms;
    say(unsaid, error);
    unsaid = 0;
  };
}

type Tell = (...args: never[]) => void;

/** An event that cannot be told must not undo what it tells of. */
export function neverThrowing<Events extends object>(events: Events): Events {
  const quiet: Record<string, Tell> = {};
  for (const [name, tell] of Object.entries(events) as [string, Tell][]) {
    quiet[name] = (...args) => {
      try {
        tell(...args);
      } catch {
        // Neither metric nor log is left to say so.
      }
    };
  }
  return quiet as unknown as Events;
}

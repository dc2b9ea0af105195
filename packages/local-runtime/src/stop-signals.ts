const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A terminal sends one Ctrl-C to us and to npm, which passes it on: that is one wish, not two. */
const SAME_WISH_MS = 1_000;

/**
 * Hears the wish to stop.
 *
 * @param onForce called for a second signal, more than a second after the first.
 * @returns settles with the first signal.
 */
export function stopSignal(onForce: () => void): Promise<NodeJS.Signals> {
  let first: number | undefined;
  return new Promise((resolve) => {
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        first ??= performance.now();
        if (performance.now() - first > SAME_WISH_MS) onForce();
        else resolve(signal);
      });
    }
  });
}

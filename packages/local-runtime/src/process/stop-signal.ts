const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** One Ctrl-C reaches us twice: from the terminal, and from npm, which forwards it. */
const SAME_REQUEST_MS = 1_000;

/**
 * Waits for a signal that asks this process to stop.
 *
 * @param onForce called for another signal more than a second after the first
 * @returns the first signal
 */
export function stopSignal(onForce: () => void): Promise<NodeJS.Signals> {
  let first: number | undefined;
  return new Promise((resolve) => {
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        first ??= performance.now();
        if (performance.now() - first > SAME_REQUEST_MS) onForce();
        else resolve(signal);
      });
    }
  });
}

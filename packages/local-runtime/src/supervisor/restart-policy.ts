/** When a part that dies is restarted, and when no more. */
export interface RestartPolicy {
  /** The deaths within `windowMs` after which it is not restarted any more. */
  readonly mostDeaths: number;
  readonly windowMs: number;
  /** The delay after the first death in a window; it doubles with each further one. */
  readonly firstDelayMs: number;
}

/** The first delay is long enough for a person to see what the rest of the system does meanwhile. */
export const RESTART_POLICY: RestartPolicy = { mostDeaths: 5, windowMs: 60_000, firstDelayMs: 1_000 };

/**
 * The milliseconds to wait before the next restart.
 *
 * @param deaths the times of all deaths in milliseconds, the latest last
 * @returns undefined when the part must not be restarted any more
 */
export function restartDelay(
  deaths: readonly number[],
  { mostDeaths, windowMs, firstDelayMs }: RestartPolicy = RESTART_POLICY,
): number | undefined {
  const latest = deaths.at(-1) ?? 0;
  const recent = deaths.filter((time) => latest - time < windowMs).length;
  return recent >= mostDeaths ? undefined : firstDelayMs * 2 ** Math.max(0, recent - 1);
}

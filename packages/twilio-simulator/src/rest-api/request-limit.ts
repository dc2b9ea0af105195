const MINUTE_MS = 60_000;

/** Counts the requests of the last minute by what they are for. */
export class RequestLimit {
  private readonly times = new Map<string, number[]>();

  constructor(private readonly now: () => number = Date.now) {}

  /** Whether there may be one more request; one that may not be is not counted. */
  take(purpose: string, perMinute: number): boolean {
    const now = this.now();
    const recent = (this.times.get(purpose) ?? []).filter((at) => at > now - MINUTE_MS);
    const free = recent.length < perMinute;
    this.times.set(purpose, free ? [...recent, now] : recent);
    return free;
  }
}

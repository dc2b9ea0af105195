/** Work that becomes visible only after a fixed delay, done lazily when somebody looks: no timers to clean up. */
export class Deferred {
  readonly #waiting: { dueAt: number; apply: () => void }[] = [];

  constructor(
    private readonly delayMs: number,
    private readonly now: () => number,
  ) {}

  /** Applies at once without a delay; otherwise when `settle` is called after the delay. Keeps the order. */
  add(apply: () => void): void {
    if (this.delayMs === 0) apply();
    else this.#waiting.push({ dueAt: this.now() + this.delayMs, apply });
  }

  settle(): void {
    if (this.#waiting.length === 0) return;
    const now = this.now();
    const firstNotDue = this.#waiting.findIndex(({ dueAt }) => dueAt > now);
    const due = this.#waiting.splice(0, firstNotDue === -1 ? this.#waiting.length : firstNotDue);
    for (const { apply } of due) apply();
  }
}

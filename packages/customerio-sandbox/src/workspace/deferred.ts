/** Changes that become visible after a fixed delay. They are applied lazily on the next read: no timers to clean up. */
export class Deferred {
  readonly #pending: { dueAt: number; apply: () => void }[] = [];

  constructor(
    private readonly delayMs: number,
    private readonly now: () => number,
  ) {}

  /** Applies the change at once if there is no delay, else on the first `settle` after the delay, in order. */
  add(apply: () => void): void {
    if (this.delayMs === 0) apply();
    else this.#pending.push({ dueAt: this.now() + this.delayMs, apply });
  }

  /** Applies all changes whose delay has passed. */
  settle(): void {
    if (this.#pending.length === 0) return;
    const now = this.now();
    const firstNotDue = this.#pending.findIndex(({ dueAt }) => dueAt > now);
    const due = this.#pending.splice(0, firstNotDue === -1 ? this.#pending.length : firstNotDue);
    for (const { apply } of due) apply();
  }
}

/**
 * Changes that become visible after a delay, in their order. They are applied lazily on the next read: no timers to clean
 * up.
 */
export class Deferred {
  readonly #pending: { dueAt: number; apply: () => void }[] = [];

  /** @param delayMs delay of the changes added from now on */
  constructor(
    public delayMs: number,
    private readonly now: () => number,
  ) {}

  /** Applies the change at once if there is no delay, else on the first `settle` after the delay, in order. */
  add(apply: () => void): void {
    const last = this.#pending.at(-1);
    if (this.delayMs === 0 && last === undefined) apply();
    // No earlier than the one before, also where the delay has become shorter.
    else this.#pending.push({ dueAt: Math.max(this.now() + this.delayMs, last?.dueAt ?? 0), apply });
  }

  /** Applies all changes at once. */
  catchUp(): void {
    for (const { apply } of this.#pending.splice(0)) apply();
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

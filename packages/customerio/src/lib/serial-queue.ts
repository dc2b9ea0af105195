/** Runs works one at a time, in the order they came; one that fails holds up none. */
export class SerialQueue {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** How many are in the line, the one at work included. */
  get length(): number {
    return this.waiting;
  }

  /** Resolves or rejects as `work` does, which begins once all before it have ended. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    this.waiting += 1;
    const turn = this.last.then(work).finally(() => {
      this.waiting -= 1;
    });
    this.last = turn.catch(() => undefined);
    return turn;
  }
}

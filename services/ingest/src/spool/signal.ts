/** Wakes the one waiter. A notification while nobody waits has no effect. */
export class Signal {
  notify: () => void = () => undefined;

  /** Resolves at the next notification, after `ms` at the latest. */
  async wait(ms?: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.notify = resolve;
      if (ms !== undefined) timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
    this.notify = () => undefined;
  }
}

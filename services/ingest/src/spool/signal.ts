/** Wakes the one who waits. A ring while nobody does is not heard. */
export class Signal {
  ring: () => void = () => undefined;

  /** Resolves at the next ring, after `ms` at the latest. */
  async wait(ms?: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.ring = resolve;
      if (ms !== undefined) timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
    this.ring = () => undefined;
  }
}

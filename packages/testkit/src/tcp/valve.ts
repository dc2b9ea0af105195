/**
 * Lets work pass or holds it back.
 *
 * States: open (initially, and after `open`), in which `pass` resolves at once; shut (after `shut`), in which it waits
 * for the next `open`.
 */
export class Valve {
  /** Resolves at the next `open`; undefined while open. */
  private opened: Promise<void> | undefined;
  private release: () => void = () => undefined;

  shut(): void {
    this.opened ??= new Promise((resolve) => (this.release = resolve));
  }

  open(): void {
    this.opened = undefined;
    this.release();
  }

  async pass(): Promise<void> {
    // It may be shut again before this call continues.
    while (this.opened) await this.opened;
  }
}

/** Lets pass, or keeps waiting all who come until it is opened. */
export class Gate {
  private opened: Promise<void> | undefined;
  private release: () => void = () => undefined;

  get isOpen(): boolean {
    return this.opened === undefined;
  }

  shut(): void {
    this.opened ??= new Promise((resolve) => (this.release = resolve));
  }

  open(): void {
    this.opened = undefined;
    this.release();
  }

  async pass(): Promise<void> {
    // It may have been shut again by the time the waiting one wakes.
    while (this.opened) await this.opened;
  }
}

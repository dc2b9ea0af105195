interface Waiting<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

const GROUP = 1_000;

/**
 * Commits items in the order they came, as many together as came while the last commit ran: so that a disk that manages
 * some hundred fsyncs a second still takes thousands of items, and a Redis costs one trip for many.
 */
export class GroupCommit<Item> {
  private readonly waiting: Waiting<Item>[] = [];
  private running: Promise<void> | undefined;

  constructor(private readonly commit: (items: readonly Item[]) => Promise<void>) {}

  /** Resolves once the item's group is committed; rejects as the commit does. */
  add(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Resolves once nothing waits any more. */
  async idle(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0, GROUP);
      try {
        await this.commit(group.map(({ item }) => item));
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.running = undefined;
  }
}

interface Waiting<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

const MAX_GROUP = 1_000;

/**
 * Commits items in the order of arrival. Items that arrive during a commit form the next group. So a disk with some hundred
 * fsyncs a second takes thousands of items, and many items cost one round trip to Redis.
 */
export class GroupCommit<Item> {
  private readonly waiting: Waiting<Item>[] = [];
  private running: Promise<void> | undefined;

  constructor(private readonly commit: (items: readonly Item[]) => Promise<void>) {}

  /** Resolves once the item's group is committed. Rejects with the error of that commit. */
  add(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Resolves once no item waits. */
  async idle(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0, MAX_GROUP);
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

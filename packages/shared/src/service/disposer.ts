/** What a service got hold of while it started, to be let go of in the opposite order, once. */
export class Disposer {
  private readonly releases: (() => unknown)[] = [];
  private letting: Promise<void> | undefined;

  /** Remembers how to let go of something. */
  add(release: () => unknown): void {
    this.releases.push(release);
  }

  /** Lets go of everything, the last first. Calling it again waits for the same end. */
  dispose(): Promise<void> {
    return (this.letting ??= this.releaseAll());
  }

  private async releaseAll(): Promise<void> {
    for (let release = this.releases.pop(); release; release = this.releases.pop()) await release();
  }
}

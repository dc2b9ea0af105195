/** Work that goes on after its job has ended. The end of the worker waits for it, so that it can still use Redis. */
export class AfterJobs {
  private readonly unfinished = new Set<Promise<unknown>>();

  add(work: Promise<unknown>): void {
    this.unfinished.add(work);
    const end = (): void => void this.unfinished.delete(work);
    work.then(end, end);
  }

  /** Resolves when nothing is unfinished, also of what is added meanwhile. Never rejects. */
  async settle(): Promise<void> {
    while (this.unfinished.size > 0) await Promise.allSettled(this.unfinished);
  }
}

/** Runs a task every `ms`. A run that is due during another is skipped. A failed run has no effect on the next. */
export class Periodic {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly ms: number,
    private readonly task: () => Promise<void>,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      this.running ??= this.run();
    }, this.ms).unref();
  }

  /** Resolves once the present run ends. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    await this.task().catch(() => undefined);
    this.running = undefined;
  }
}

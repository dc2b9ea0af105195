import { setTimeout as delay } from 'node:timers/promises';

interface RoundsOptions {
  /** From the end of one round to the start of the next, in ms. */
  readonly everyMs: number;
  readonly round: () => Promise<void>;
  /** A round failed, as while Redis is away. The next one repeats it. */
  readonly failed: (error: unknown) => void;
  /** Called once, after the last round. */
  readonly ended: () => Promise<void>;
}

/** Repeats a task, one round after the other, until it is stopped. */
export class Rounds {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly options: RoundsOptions) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Resolves when the round under way has ended. It is not reported as failed. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { everyMs, round, failed, ended } = this.options;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await round().catch((error: unknown) => {
        if (!signal.aborted) failed(error);
      });
      await delay(everyMs, undefined, { signal }).catch(() => undefined);
    }
    await ended().catch(() => undefined);
  }
}

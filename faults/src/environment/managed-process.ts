import { setTimeout as delay } from 'node:timers/promises';
import type { TcpProxy } from '@optout-sync/testkit';
import type { Running } from '@optout-sync/testkit/system';

/** One service of the system with its own proxy to Redis. A process that ended is replaced by a new one with the same settings. */
export class ManagedProcess {
  private latest: Running | undefined;

  constructor(
    /** Between the process and Redis. */
    readonly redis: TcpProxy,
    private readonly launch: () => Promise<Running>,
    /** Of an ingest. */
    readonly spoolFolder = '',
  ) {}

  /** The process, while it runs. */
  get running(): Running | undefined {
    return this.latest?.ended ? undefined : this.latest;
  }

  async start(): Promise<void> {
    this.latest = await this.launch();
  }

  /** Sends SIGKILL. */
  async kill(): Promise<void> {
    await this.latest?.kill('SIGKILL');
  }

  /** Stops the process from running, and lets it run again after `ms`. */
  async freeze(ms: number): Promise<void> {
    await this.latest?.kill('SIGSTOP');
    await delay(ms);
    await this.latest?.kill('SIGCONT');
  }

  /**
   * Sends SIGTERM. Resolves when the process has ended.
   *
   * @throws {Error} when it did not end by itself with exit code 0
   */
  async stop(): Promise<void> {
    const end = await this.latest?.stop();
    if (end && end.code !== 0)
      throw new Error(`a process ended with ${end.signal ?? String(end.code)}, not 0`);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Moves the wall clock of the process by the next offset of CLOCK_JUMPS_MS; see preload/clock.ts. */
  async jumpClock(): Promise<void> {
    await this.latest?.kill('SIGWINCH');
  }
}

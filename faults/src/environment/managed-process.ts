import type { TcpProxy } from '@optout-sync/testkit';
import type { Running } from '@optout-sync/testkit/system';

/** One process of the system and its own way to Redis; killed, it is started anew in the same place. */
export class ManagedProcess {
  private present: Running | undefined;

  constructor(
    /** Between it and Redis. */
    readonly redis: TcpProxy,
    private readonly launch: () => Promise<Running>,
  ) {}

  /** The process, while there is one. */
  get running(): Running | undefined {
    return this.present?.ended ? undefined : this.present;
  }

  async start(): Promise<void> {
    this.present = await this.launch();
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await this.present?.kill('SIGKILL');
  }

  /** SIGTERM; resolves once it has ended. @throws Error when it did not end by itself, with 0 */
  async stop(): Promise<void> {
    const end = await this.present?.stop();
    if (end && end.code !== 0) throw new Error(`a stop ended with ${end.signal ?? String(end.code)}`);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Takes the next of CLOCK_JUMPS_MS, see preload/clock.ts. */
  async jump(): Promise<void> {
    await this.present?.kill('SIGWINCH');
  }
}

import { withTimeout } from '@optout-sync/shared/service';
import type { EventStore, Kept, WriteBatch } from '../store/event-store';
import { SpoolError } from './database';
import { Drain, type DrainEvents, type DrainTarget } from './drain';
import { Signal } from './signal';
import { Spool, type SpoolOptions, type SpoolStateEvents } from './spool';

type State = 'normal' | 'spooling' | 'draining';

/** The Redis store in front of the spool. */
export interface RedisSide extends DrainTarget {
  /** Resolves once connected. Rejects when the first attempt fails, or after `timeoutMs`. */
  connected(timeoutMs: number): Promise<void>;
}

export interface SpoolEvents extends SpoolStateEvents, DrainEvents {
  /** Redis takes no batches, for this reason. They go to the spool. */
  spooling(reason: Error): void;
  /** Redis takes batches again. The spool has `items` to drain. */
  draining(items: number): void;
  /** The spool is drained. */
  emptied(): void;
}

/** Twilio waits 15 s. A Redis that takes longer than this is of no use for answering it. */
const REDIS_MS = 2_000;
/** Less than the 2 s that a probe of /readyz has. */
const CHECK_MS = 1_500;
const PROBE_EVERY_MS = 1_000;
const FIRST_CONTACT_MS = 1_000;

/**
 * Stores batches in Redis, or on disk while Redis is unreachable, frozen, full, read-only or slow.
 *
 * *Normal*: Redis takes every batch and the spool is empty. Left for *spooling* when Redis rejects a batch or does not take
 * it within 2 s. That batch goes to the spool. It may still reach Redis, and a second time from the spool. A job that waits
 * has the same id, and the ledger knows the message of a job that is done.
 *
 * *Spooling*, also the initial state: every batch goes directly to the spool, so that only the first request waits for a
 * Redis that hangs. Redis is probed once a second, by a write and then by the oldest items of the spool. Left for
 * *draining* when Redis takes both.
 *
 * *Draining*: a new batch goes directly to Redis and does not wait behind the backlog, since the ledger orders messages by
 * the time they were sent. Meanwhile the backlog moves to Redis in its own order. Left for *normal* when the spool is
 * empty, and for *spooling* as above. While the spool cannot be read, the state stays and reading is retried each second.
 * Entered from *normal*, too, when the folder that is opened again has items.
 */
export class SpoolingStore implements EventStore {
  private state: State = 'spooling';
  /** Counts the failures of Redis. An operation that began before the latest failure does not count again. */
  private failures = 0;
  private readonly signal = new Signal();
  private readonly drain: Drain;
  private closing = false;
  private running: Promise<void> = Promise.resolve();

  private constructor(
    private readonly redis: RedisSide,
    readonly spool: Spool,
    private readonly telemetry: SpoolEvents,
    private readonly now: () => number,
  ) {
    this.drain = new Drain(spool, redis, telemetry);
  }

  /**
   * Opens the spool and waits up to a second for Redis.
   *
   * @throws {ConfigError} when another ingest has the spool
   */
  static async open(
    redis: RedisSide,
    options: Omit<SpoolOptions, 'telemetry'> & {
      readonly telemetry: SpoolEvents;
      readonly now: () => number;
    },
  ): Promise<SpoolingStore> {
    const { telemetry, now } = options;
    const spool = await Spool.open(options);
    const store = new SpoolingStore(redis, spool, telemetry, now);
    await redis.connected(FIRST_CONTACT_MS).catch(() => undefined);
    await store.probe().catch((error: unknown) => {
      telemetry.spooling(error as Error);
    });
    store.running = store.run();
    return store;
  }

  /** @throws {SpoolError} when neither Redis nor the spool takes the batch */
  async append(batch: WriteBatch): Promise<Kept> {
    if (this.state !== 'spooling') {
      const { failures } = this;
      try {
        await withTimeout(this.redis.append(batch), REDIS_MS);
        return 'redis';
      } catch (error) {
        if (failures === this.failures) this.redisFailed(error);
      }
    }
    await this.spool.append(batch, this.now());
    if (this.state !== 'spooling') this.signal.notify();
    return 'spool';
  }

  /**
   * Which of the two takes batches now.
   *
   * @throws {SpoolError} when neither does
   */
  async check(): Promise<'redis' | 'spool'> {
    if (this.state !== 'spooling') {
      const isWritable = await withTimeout(this.redis.check(), CHECK_MS).then(
        () => true,
        () => false,
      );
      if (isWritable) return 'redis';
    }
    if (this.spool.unusable) throw this.spool.unusable;
    return 'spool';
  }

  /** Closes the spool, whose items stay for the next start. The caller closes Redis. */
  async close(): Promise<void> {
    this.closing = true;
    this.signal.notify();
    await this.running;
    await this.spool.close();
  }

  private async run(): Promise<void> {
    while (!this.closing) {
      try {
        if (this.state === 'spooling') await this.probe();
        else if (this.spool.items > 0) await this.drainStep();
        else await this.waitForItems();
      } catch (error) {
        if (!(error instanceof SpoolError)) this.redisFailed(error);
        await this.signal.wait(PROBE_EVERY_MS);
      }
    }
  }

  private drainStep(): Promise<void> {
    this.state = 'draining';
    return this.drain.step();
  }

  /** Looks again after a second: a folder that is opened again may have items. */
  private waitForItems(): Promise<void> {
    if (this.state === 'draining' && this.spool.isReadable) {
      this.telemetry.emptied();
      this.state = 'normal';
    }
    return this.signal.wait(PROBE_EVERY_MS);
  }

  private async probe(): Promise<void> {
    await withTimeout(this.redis.check(), REDIS_MS);
    await this.drain.step().catch((error: unknown) => {
      if (!(error instanceof SpoolError)) throw error;
    });
    this.state = 'draining';
    this.telemetry.draining(this.spool.items);
  }

  private redisFailed(error: unknown): void {
    this.failures += 1;
    if (this.state === 'spooling') return;
    this.state = 'spooling';
    this.telemetry.spooling(error as Error);
    // Ends `waitForItems`: Redis has to be probed now.
    this.signal.notify();
  }
}

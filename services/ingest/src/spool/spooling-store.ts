import { withTimeout } from '@optout-sync/shared/service';
import type { WriteBatch, EventStore } from '../store/event-store';
import { SpoolError } from './database';
import { Drain, type DrainListener, type DrainTarget } from './drain';
import { Signal } from './signal';
import { Spool, type SpoolListener, type SpoolOptions } from './spool';

type State = 'normal' | 'spooling' | 'draining';

/** The Redis behind the spool. */
export interface RedisSide extends DrainTarget {
  /** Resolves once there is a connection; rejects when the first try fails. */
  connected(timeoutMs: number): Promise<void>;
}

/** Is told of all that happens to the spool. */
export interface SpoolEvents extends SpoolListener, DrainListener {
  /** Redis takes no items, for this reason: they go to the spool. */
  spooling(reason: Error): void;
  /** Redis takes items again, `items` are to be drained. */
  draining(items: number): void;
  /** The spool is empty. */
  emptied(): void;
}

/** Twilio waits 15 s; a Redis that takes longer than this is no use for answering it. */
const REDIS_MS = 2_000;
/** Less than the 2 s that a probe of /readyz has. */
const CHECK_MS = 1_500;
const PROBE_EVERY_MS = 1_000;
const FIRST_CONTACT_MS = 1_000;

/**
 * Keeps in Redis, or on disk while Redis is away, frozen, full, read-only or slow.
 *
 * *Normal*: Redis takes everything, the spool is empty. Left for *spooling* when Redis refuses an item or has not taken
 * it within 2 s; that item goes to the spool. It may land in Redis all the same and later once more from the spool: a job
 * that waits has the same id, and of one that is done the ledger knows the message.
 *
 * *Spooling*, also the state at the start: everything goes straight to the spool, so that no request but the first waits
 * for a Redis that hangs. Redis is probed once a second, by a write and then by the oldest items of the spool. When it
 * takes both: *draining*.
 *
 * *Draining*: what comes in goes straight to Redis and does not queue behind the backlog, since the ledger orders messages
 * by when they were sent; beside it the backlog moves to Redis in its own order. Left for *normal* when the spool is
 * empty, for *spooling* as above. A spool that cannot be read leaves it here, trying each second.
 */
export class SpoolingStore implements EventStore {
  private state: State = 'spooling';
  /** Grows with each failure of Redis: one that began before the last does not count again. */
  private failures = 0;
  private readonly bell = new Signal();
  private readonly drain: Drain;
  private closing = false;
  private running: Promise<void> = Promise.resolve();

  private constructor(
    private readonly redis: RedisSide,
    readonly spool: Spool,
    private readonly events: SpoolEvents,
    private readonly now: () => number,
  ) {
    this.drain = new Drain(spool, redis, events);
  }

  /** Opens the spool and gives Redis a second to be there. @throws ConfigError when another ingest has the spool. */
  static async open(
    redis: RedisSide,
    options: Omit<SpoolOptions, 'listener'> & { readonly events: SpoolEvents; readonly now: () => number },
  ): Promise<SpoolingStore> {
    const { events, now, ...rest } = options;
    const spool = await Spool.open({ ...rest, listener: events });
    const store = new SpoolingStore(redis, spool, events, now);
    await redis.connected(FIRST_CONTACT_MS).catch(() => undefined);
    await store.probe().catch((error: unknown) => {
      events.spooling(error as Error);
    });
    store.running = store.run();
    return store;
  }

  /** @throws SpoolError when neither Redis nor the spool takes it. */
  async append(bundle: WriteBatch): Promise<void> {
    if (this.state !== 'spooling') {
      const { failures } = this;
      try {
        await withTimeout(this.redis.append(bundle), REDIS_MS);
        return;
      } catch (error) {
        if (failures === this.failures) this.redisFailed(error);
      }
    }
    await this.spool.append(bundle, this.now());
    if (this.state !== 'spooling') this.bell.ring();
  }

  /** Which of the two takes events now. @throws Error when neither does. */
  async check(): Promise<'redis' | 'spool'> {
    if (this.state !== 'spooling') {
      const taken = await withTimeout(this.redis.check(), CHECK_MS).then(
        () => true,
        () => false,
      );
      if (taken) return 'redis';
    }
    if (this.spool.unusable) throw this.spool.unusable;
    return 'spool';
  }

  /** What the spool holds stays for the next start; Redis is the caller's to close. */
  async close(): Promise<void> {
    this.closing = true;
    this.bell.ring();
    await this.running;
    await this.spool.close();
  }

  private async run(): Promise<void> {
    while (!this.closing) {
      try {
        if (this.state === 'spooling') await this.probe();
        else if (this.spool.items > 0) await this.drain.step();
        else await this.untilSpooled();
      } catch (error) {
        if (!(error instanceof SpoolError)) this.redisFailed(error);
        await this.bell.wait(PROBE_EVERY_MS);
      }
    }
  }

  private untilSpooled(): Promise<void> {
    if (this.state === 'draining') this.events.emptied();
    this.state = 'normal';
    return this.bell.wait();
  }

  private async probe(): Promise<void> {
    await withTimeout(this.redis.check(), REDIS_MS);
    await this.drain.step().catch((error: unknown) => {
      if (!(error instanceof SpoolError)) throw error;
    });
    this.state = 'draining';
    this.events.draining(this.spool.items);
  }

  private redisFailed(error: unknown): void {
    this.failures += 1;
    if (this.state === 'spooling') return;
    this.state = 'spooling';
    this.events.spooling(error as Error);
    // Whoever waits for items has a Redis to probe now.
    this.bell.ring();
  }
}

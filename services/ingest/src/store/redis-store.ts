import { once } from 'node:events';
import type { Queue } from 'bullmq';
import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import type { RedisConfig, WorkspaceOf } from '@optout-sync/shared/config';
import type { InboundEvent } from '@optout-sync/shared/domain';
import {
  closeQueues,
  enqueueForward,
  enqueueBatches,
  enqueuePeopleBatch,
  enqueueRawBatch,
  enqueuedEvents,
  laneOf,
  toBatches,
  type EnqueuedEvent,
  type PeopleChange,
} from '@optout-sync/shared/queues';
import { connectRedis, queuePrefix } from '@optout-sync/shared/redis';
import type { EventStore, Kept, WriteBatch } from './event-store';
import { GroupCommit } from './group-commit';
import { UncertainBatches } from './uncertain-batches';

/** Longer than two slow scrapes, short enough to leave no key behind for long. */
const PROBE_TTL_MS = 60_000;
/** An add that took longer, in ms, may have gone to the spool as well. Less than the spooling store waits for Redis. */
const SLOW_MS = 1_000;

export interface ConnectionEvents {
  /** The connection is lost. Reported for each failed attempt. */
  redisLost(error: Error): void;
  /** The connection is ready, and the queues cannot be opened or must not be used. */
  queuesNotOpened(error: Error): void;
  /** Events are in their queue. */
  enqueued(events: readonly EnqueuedEvent[]): void;
  /** The connection is ready. */
  redisBack(): void;
}

type Connection = ReturnType<typeof connectRedis>;

export interface RedisStoreOptions {
  readonly config: RedisConfig;
  readonly telemetry: ConnectionEvents;
  readonly workspaceOf?: WorkspaceOf | undefined;
  /** Called before each use of Redis. Rejects while this Redis must not be used. The default permits every use. */
  readonly permit?: () => Promise<void>;
}

/** Connects as a producer: a command fails within 2 s while Redis hangs, and at once while Redis is unreachable. */
export function connectProducer({
  config,
  telemetry,
}: Pick<RedisStoreOptions, 'config' | 'telemetry'>): Connection {
  return connectRedis(config, 'producer', (error) => {
    telemetry.redisLost(error);
  });
}

/**
 * Stores batches in Redis' queues. Fails at once while Redis is unreachable, and within 4 s (two commands) while Redis
 * hangs.
 *
 * *Closed*: no queue is open. The initial state, and the state after opening the queues failed. *Open*: entered by the
 * first use on a ready connection, and left only by `close()`. The states exist because a BullMQ queue waits without limit
 * for an unreachable Redis, and never recovers when its first contact fails. So queues are opened only on a ready
 * connection, and opened again after a failure.
 */
export class RedisStore implements EventStore {
  /** The queues to watch. Always the same array; empty while closed. */
  readonly watched: Queue[] = [];
  /** Undefined while closed. */
  stores: Pick<JobStores, 'inbound' | 'batches'> | undefined;
  private readonly prefix: string;
  private opening: Promise<JobStores> | undefined;
  /** Events that arrive during a round trip share the next one and its jobs. A lone event does not wait for others. */
  private readonly adding = new GroupCommit<readonly InboundEvent[]>(async (groups) =>
    this.addEvents(groups.flat()),
  );

  private readonly uncertain = new UncertainBatches();

  private readonly addingPeople = new GroupCommit<readonly PeopleChange[]>(async (groups) =>
    enqueuePeopleBatch(await this.queues(), groups.flat()),
  );

  /** @param redis from `connectProducer`; `close()` disconnects it */
  constructor(
    private readonly redis: Connection,
    private readonly options: RedisStoreOptions,
  ) {
    const { config, telemetry } = options;
    this.prefix = queuePrefix(config);
    redis.on('ready', () => {
      telemetry.redisBack();
      this.queues().catch((error: unknown) => {
        telemetry.queuesNotOpened(error as Error);
      });
    });
  }

  async append(content: WriteBatch): Promise<Kept> {
    const { events = [], deadLetters = [], forwards = [], people = [], batches = [] } = content;
    const queues = await this.queues();
    await Promise.all([
      ...(events.length > 0 ? [this.adding.add(events)] : []),
      ...deadLetters.map((deadLetter) => queues.deadLetters.put(deadLetter)),
      ...forwards.map((forward) => enqueueForward(queues, forward)),
      ...(people.length > 0 ? [this.addingPeople.add(people)] : []),
      ...batches.map((batch) => enqueueRawBatch(queues, batch)),
    ]);
    return 'redis';
  }

  /** Resolves once connected. Rejects when the present attempt fails, or after `timeoutMs`. */
  async connected(timeoutMs: number): Promise<void> {
    if (this.redis.status === 'ready') return;
    await once(this.redis, 'ready', { signal: AbortSignal.timeout(timeoutMs) });
  }

  /**
   * Resolves while an event could be stored. Checks with a real write: a Redis that is full, read-only or unable to save
   * answers a PING. The key is beside the queues, so in a cluster on their master.
   */
  async check(): Promise<void> {
    await this.queues();
    await this.redis.set(`${this.prefix}:ingest-ready`, Date.now(), 'PX', PROBE_TTL_MS);
  }

  async close(): Promise<void> {
    const queues = await this.opening?.catch(() => undefined);
    if (queues) await closeQueues(queues);
    this.redis.disconnect();
  }

  private async addEvents(events: readonly InboundEvent[]): Promise<void> {
    const queues = await this.queues();
    const { batches, others, uncounted } = this.uncertain.take(events);
    const fresh = toBatches(others);
    const all = [...fresh, ...batches];
    const startedAt = performance.now();
    try {
      const results = await enqueueBatches(queues, all);
      // The caller may have given up meanwhile.
      if (performance.now() - startedAt > SLOW_MS) this.uncertain.add(all, { isCounted: true });
      const again = uncounted.map((event) => ({ event, lane: laneOf(event), result: 'new' as const }));
      this.options.telemetry.enqueued([...enqueuedEvents(others, fresh, results), ...again]);
    } catch (error) {
      // What Redis refuses it does not have.
      if ((error as Error).name !== 'ReplyError') this.uncertain.add(all);
      throw error;
    }
  }

  private async queues(): Promise<JobStores> {
    if (this.redis.status !== 'ready') throw new Error('Redis is not connected');
    await this.options.permit?.();
    this.opening ??= this.open();
    try {
      return await this.opening;
    } catch (error) {
      this.opening = undefined;
      throw error;
    }
  }

  private async open(): Promise<JobStores> {
    const queues = openJobStores(this.redis, this.prefix, {
      workspaceOf: this.options.workspaceOf,
    });
    try {
      await Promise.all(queues.opened().map((queue) => queue.waitUntilReady()));
    } catch (error) {
      await closeQueues(queues).catch(() => undefined);
      throw error;
    }
    this.stores = queues;
    this.watched.splice(0, Infinity, queues.inbound, queues.forwards, queues.people, queues.batches);
    return queues;
  }
}

import { once } from 'node:events';
import type { Queue } from 'bullmq';
import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import type { RedisConfig, WorkspaceOf } from '@optout-sync/shared/config';
import type { InboundEvent } from '@optout-sync/shared/domain';
import {
  closeQueues,
  enqueueForward,
  enqueueInbound,
  enqueueInboundBatch,
  shardPrefix,
} from '@optout-sync/shared/queues';
import { connectRedis, queuePrefix } from '@optout-sync/shared/redis';
import type { WriteBatch, EventStore } from './event-store';
import { GroupCommit } from './group-commit';

/** Long enough for two slow scrapes, short enough to leave nothing behind. */
const PROBE_TTL_MS = 60_000;

/** Is told when the connection is lost, with the reason, and when it is back. */
export interface ConnectionEvents {
  redisLost(error: Error): void;
  redisBack(): void;
}

type Connection = ReturnType<typeof connectRedis>;

/** Asked before each use of Redis: rejects while this Redis must not be used. */
type Permit = () => Promise<void>;

/**
 * Keeps events in Redis' queues. While Redis is away it fails at once, while Redis hangs within 4 s (two commands).
 *
 * States: *closed to work* until Redis answers; *open* from the first use after that. A BullMQ queue waits for Redis
 * without limit when it is away, and stays broken for ever when its first contact fails: so queues are opened only on
 * a live connection, and anew if that failed.
 */
export class RedisStore implements EventStore {
  /** The queues to watch: the same list throughout, filled while they are open. */
  readonly watched: Queue[] = [];
  private readonly redis: Connection;
  private readonly prefix: string;
  private readonly shards: number;
  private opening: Promise<JobStores> | undefined;
  /** What comes while others are on their way to Redis goes there together: each trip costs as much as the rest of an add. */
  private readonly adding = new GroupCommit<readonly InboundEvent[]>(async (groups) =>
    enqueue(await this.queues(), groups.flat()),
  );

  private readonly permit: Permit;

  /** @param permitOf is given the connection, before it is there */
  constructor(
    config: RedisConfig,
    events: ConnectionEvents,
    private readonly workspaceOf?: WorkspaceOf,
    permitOf: (redis: Connection) => Permit = () => () => Promise.resolve(),
  ) {
    this.prefix = queuePrefix(config);
    this.shards = config.shards ?? 1;
    this.redis = connectRedis(config, 'producer', (error) => {
      events.redisLost(error);
    });
    this.permit = permitOf(this.redis);
    this.redis.on('ready', () => {
      events.redisBack();
      this.queues().catch((error: unknown) => {
        events.redisLost(error as Error);
      });
    });
  }

  async append({ events = [], letters = [], forwards = [] }: WriteBatch): Promise<void> {
    const queues = await this.queues();
    await Promise.all([
      ...(events.length > 0 ? [this.adding.add(events)] : []),
      ...letters.map((letter) => queues.deadLetters.put(letter)),
      ...forwards.map((forward) => enqueueForward(queues, forward)),
    ]);
  }

  /** Resolves once there is a connection. Rejects when the try under way fails, or after that time. */
  async connected(timeoutMs: number): Promise<void> {
    if (this.redis.status === 'ready') return;
    await once(this.redis, 'ready', { signal: AbortSignal.timeout(timeoutMs) });
  }

  /** Resolves while an event could be kept now. By a real write: a Redis that is full, read-only or cannot save answers a PING as if nothing was wrong; in every shard, since each may be on another master. */
  async check(): Promise<void> {
    await this.queues();
    const keys = Array.from({ length: this.shards }, (_, n) => `${shardPrefix(this.prefix, n)}:ingest-ready`);
    await Promise.all(keys.map((key) => this.redis.set(key, Date.now(), 'PX', PROBE_TTL_MS)));
  }

  async close(): Promise<void> {
    const queues = await this.opening?.catch(() => undefined);
    if (queues) await closeQueues(queues);
    this.redis.disconnect();
  }

  private async queues(): Promise<JobStores> {
    if (this.redis.status !== 'ready') throw new Error('Redis is not connected');
    await this.permit();
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
      shards: this.shards,
      workspaceOf: this.workspaceOf,
    });
    try {
      await Promise.all(queues.opened().map((queue) => queue.waitUntilReady()));
    } catch (error) {
      await closeQueues(queues).catch(() => undefined);
      throw error;
    }
    this.watched.splice(0, Infinity, ...queues.shards.map(({ inbound }) => inbound), queues.forwards);
    return queues;
  }
}

async function enqueue(queues: JobStores, events: readonly InboundEvent[]): Promise<void> {
  const [first, ...more] = events;
  if (!first) return;
  await (more.length === 0 ? enqueueInbound(queues, first) : enqueueInboundBatch(queues, events));
}

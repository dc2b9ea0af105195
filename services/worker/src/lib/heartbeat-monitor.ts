import { Cluster, type Redis } from 'ioredis';

/** In ms. The silence is told within 60 s of a connection's death: 45 s after the last beat heard. */
const TIMES = { beatMs: 10_000, silenceMs: 45_000 };

/** Redis, or the way to it, said plainly that it is away: nothing that another process would hear otherwise. */
const PLAINLY_AWAY = /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN/;

interface Watched {
  readonly name: string;
  readonly redis: Redis;
  /** `performance.now()` of the last sign of life, none before the first. */
  heardAt: number | undefined;
  beating: boolean;
}

/**
 * Listens for the signs of life of connections to Redis. One whose other end has vanished without a word looks as if it was
 * merely quiet; so each is sent a PING now and then, and silence for longer than any answer takes means that this process
 * has lost its Redis. A plain refusal is a sign of life, and a connection that never had one is not missed.
 */
export class HeartbeatMonitor {
  private readonly watched = new Map<Redis, Watched>();
  private readonly timer: NodeJS.Timeout;
  private readonly times: typeof TIMES;

  constructor(times: Partial<typeof TIMES> = {}) {
    this.times = { ...TIMES, ...times };
    this.timer = setInterval(() => {
      for (const one of this.watched.values()) beat(one);
    }, this.times.beatMs);
    this.timer.unref();
  }

  /** Listens on a connection, on every node of a cluster, and on the copies that BullMQ makes for its blocking reads. */
  watch<Connection extends Redis | Cluster>(name: string, redis: Connection): Connection {
    if (redis instanceof Cluster) this.watchNodes(name, redis);
    else this.watchOne(name, redis);
    const copy = redis.duplicate.bind(redis) as (...args: unknown[]) => Connection;
    redis.duplicate = ((...args: unknown[]) => this.watch(`${name}, blocking`, copy(...args))) as never;
    return redis;
  }

  /** Which connections have been silent for too long, in words; `undefined` while all live. */
  silence(): string | undefined {
    const { silenceMs } = this.times;
    const now = performance.now();
    const silent = [...this.watched.values()].filter(({ heardAt = now }) => now - heardAt > silenceMs);
    if (silent.length === 0) return undefined;
    const names = [...new Set(silent.map(({ name }) => name))];
    return `nothing heard from Redis for more than ${String(silenceMs / 1_000)} s (connections: ${names.join('; ')})`;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private watchNodes(name: string, cluster: Cluster): void {
    for (const node of cluster.nodes()) this.watchOne(name, node);
    cluster.on('+node', (node: Redis) => {
      this.watchOne(name, node);
    });
    cluster.on('-node', (node: Redis) => this.watched.delete(node));
  }

  private watchOne(name: string, redis: Redis): void {
    const one: Watched = { name, redis, heardAt: undefined, beating: false };
    this.watched.set(redis, one);
    const heard = (): void => {
      one.heardAt = performance.now();
    };
    redis.on('connect', () => redis.stream.on('data', heard));
    redis.on('error', (error: NodeJS.ErrnoException) => {
      if (one.heardAt !== undefined && PLAINLY_AWAY.test(`${error.code ?? ''} ${error.message}`)) heard();
    });
  }
}

/** One PING at a time, and none into the queue of a connection that is away. */
function beat(one: Watched): void {
  if (one.beating || one.redis.status !== 'ready') return;
  one.beating = true;
  const done = (): void => {
    one.beating = false;
  };
  one.redis.ping().then(done, done);
}

import { Cluster, type Redis } from 'ioredis';

/** In ms. A dead connection is reported within 60 s: 45 s after its last response. */
const TIMES = { pingMs: 10_000, unresponsiveMs: 45_000 };

/** Errors that show Redis, or the way to it, to be down: any other process would get the same. */
const PLAINLY_DOWN = /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN/;

interface Monitored {
  readonly name: string;
  readonly redis: Redis;
  /** `performance.now()` of the last response; `undefined` before the first. */
  respondedAt: number | undefined;
  pinging: boolean;
}

/**
 * Detects connections to Redis whose other end has vanished without closing them. Such a connection looks idle, so each
 * one is pinged, and a process whose connection does not respond for longer than any answer takes has lost its Redis.
 *
 *   new           it has had no response since it was opened and is not reported. -> responsive
 *   responsive    the last response is recent. ECONNREFUSED and its like count as a response. -> unresponsive
 *   unresponsive  45 s without a response. -> responsive with the next one
 *
 * One that was closed for good is forgotten, until it is opened again and ready.
 */
export class HeartbeatMonitor {
  private readonly monitored = new Map<Redis, Monitored>();
  private readonly timer: NodeJS.Timeout;
  private readonly times: typeof TIMES;

  constructor(times: Partial<typeof TIMES> = {}) {
    this.times = { ...TIMES, ...times };
    this.timer = setInterval(() => {
      for (const connection of this.monitored.values()) ping(connection);
    }, this.times.pingMs);
    this.timer.unref();
  }

  /** Monitors a connection, every node of a cluster, and the duplicates that BullMQ makes for its blocking reads. */
  watch<Connection extends Redis | Cluster>(name: string, redis: Connection): Connection {
    if (redis instanceof Cluster) this.watchNodes(name, redis);
    else this.watchOne(name, redis);
    const duplicate = redis.duplicate.bind(redis) as (...args: unknown[]) => Connection;
    redis.duplicate = ((...args: unknown[]) => this.watch(`${name}, blocking`, duplicate(...args))) as never;
    return redis;
  }

  /** Describes the unresponsive connections; `undefined` when there are none. */
  unresponsive(): string | undefined {
    const { unresponsiveMs } = this.times;
    const now = performance.now();
    const unresponsive = [...this.monitored.values()].filter(
      ({ respondedAt = now }) => now - respondedAt > unresponsiveMs,
    );
    if (unresponsive.length === 0) return undefined;
    const names = [...new Set(unresponsive.map(({ name }) => name))];
    return `no response from Redis for more than ${String(unresponsiveMs / 1_000)} s (connections: ${names.join('; ')})`;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private watchNodes(name: string, cluster: Cluster): void {
    for (const node of cluster.nodes()) this.watchOne(name, node);
    cluster.on('+node', (node: Redis) => {
      this.watchOne(name, node);
    });
    cluster.on('-node', (node: Redis) => this.monitored.delete(node));
  }

  private watchOne(name: string, redis: Redis): void {
    const connection: Monitored = { name, redis, respondedAt: undefined, pinging: false };
    this.monitored.set(redis, connection);
    const responded = (): void => {
      connection.respondedAt = performance.now();
    };
    redis.on('connect', () => redis.stream.on('data', responded));
    redis.on('end', () => {
      connection.respondedAt = undefined;
      this.monitored.delete(redis);
    });
    redis.on('ready', () => {
      this.monitored.set(redis, connection);
    });
    redis.on('error', (error: NodeJS.ErrnoException) => {
      const isDown = PLAINLY_DOWN.test(`${error.code ?? ''} ${error.message}`);
      if (connection.respondedAt !== undefined && isDown) responded();
    });
  }
}

/** Sends one PING at a time, and none into the offline queue of a connection that is not ready. */
function ping(connection: Monitored): void {
  if (connection.pinging || connection.redis.status !== 'ready') return;
  connection.pinging = true;
  const done = (): void => {
    connection.pinging = false;
  };
  connection.redis.ping().then(done, done);
}

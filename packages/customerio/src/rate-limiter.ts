import { Mutex } from 'async-mutex';
import type { Cluster, Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { abortableWait } from './lib/abortable-wait';

/**
 * Spaces requests evenly (GCRA without a burst), so that no window of one second, wherever it starts, contains more
 * requests than the rate. The library's own script counts fixed windows, two of which may put twice the rate into one
 * second. The key holds the time in ms at which the next request is due, by Redis' clock: workers' clocks may differ.
 */
const SPACE_EVENLY = `
local points, seconds = tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
if due > now then return {points + 1, math.ceil(due - now)} end
local interval = seconds * 1000 / points
redis.call('SET', KEYS[1], string.format('%.3f', due + interval), 'PX', math.ceil(interval) + 1000)
return {1, 0}
`;

/** ARGV[1]: ms. Postpones the next request, but never brings it forward. */
const PAUSE = `
local time = redis.call('TIME')
local due = time[1] * 1000 + time[2] / 1000 + tonumber(ARGV[1])
if due > tonumber(redis.call('GET', KEYS[1]) or 0) then
  redis.call('SET', KEYS[1], string.format('%.3f', due), 'PX', math.ceil(ARGV[1]) + 1000)
end
`;

/** The rate limit of one API of one workspace, shared by all workers through Redis. */
export class RateLimiter {
  private readonly limiter: RateLimiterRedis;
  private readonly queue = new Mutex();

  constructor(
    private readonly redis: Redis | Cluster,
    private readonly key: string,
    requestsPerSecond: number,
    /** Aborts all waiting on shutdown. */
    private readonly stopping?: AbortSignal,
  ) {
    this.limiter = new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: '',
      points: requestsPerSecond,
      duration: 1,
      customIncrTtlLuaScript: SPACE_EVENLY,
    });
  }

  /**
   * Resolves when one request may be sent; first come, first served within this process.
   *
   * @throws {JobError} `worker_stopping` on shutdown
   */
  acquire(): Promise<void> {
    return this.queue.runExclusive(() => this.consume());
  }

  /** Lets no worker send a request for `ms`. A shorter pause never ends a longer one early. */
  async pause(ms: number): Promise<void> {
    await this.redis.eval(PAUSE, 1, this.limiter.getKey(this.key), ms);
  }

  private async consume(): Promise<void> {
    for (;;) {
      if (this.stopping?.aborted) await abortableWait(0, this.stopping);
      try {
        await this.limiter.consume(this.key);
        return;
      } catch (rejection) {
        if (!(rejection instanceof RateLimiterRes)) throw rejection;
        await abortableWait(Math.max(1, rejection.msBeforeNext), this.stopping);
      }
    }
  }
}

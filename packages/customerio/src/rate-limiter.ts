import { Mutex } from 'async-mutex';
import type { Cluster, Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { wait } from './lib/abortable-wait';

/**
 * Spaces requests evenly (GCRA with no burst), so that no window of a second, wherever it starts, holds more than the
 * rate. The library's own script counts fixed windows, two of which may put twice the rate into one second. The key
 * holds the time in ms at which the next request is due. Redis's clock, so that workers' clocks need not agree.
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

const PAUSE = `
local time = redis.call('TIME')
local due = time[1] * 1000 + time[2] / 1000 + tonumber(ARGV[1])
if due > tonumber(redis.call('GET', KEYS[1]) or 0) then
  redis.call('SET', KEYS[1], string.format('%.3f', due), 'PX', math.ceil(ARGV[1]) + 1000)
end
`;

/** The request budget of one API of one workspace, shared by all workers through Redis. */
export class RateLimiter {
  private readonly limiter: RateLimiterRedis;
  private readonly mutex = new Mutex();

  constructor(
    private readonly redis: Redis | Cluster,
    private readonly key: string,
    requestsPerSecond: number,
    /** Ends all waiting when the worker stops. */
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
   * Resolves when one request may be sent; first come, first served within this process. Throws a Failure when the
   * worker stops first.
   */
  acquire(): Promise<void> {
    return this.mutex.runExclusive(() => this.take());
  }

  /** Holds all workers back for `ms`, after Customer.io said that the bucket is empty. */
  async pause(ms: number): Promise<void> {
    await this.redis.eval(PAUSE, 1, this.limiter.getKey(this.key), ms);
  }

  private async take(): Promise<void> {
    for (;;) {
      if (this.stopping?.aborted) await wait(0, this.stopping);
      try {
        await this.limiter.consume(this.key);
        return;
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        await wait(Math.max(1, refusal.msBeforeNext), this.stopping);
      }
    }
  }
}

import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { ConsoleError } from '../http/console-error';

const WINDOW_S = 15 * 60;
/** Attempts in the window from one address, whoever they are for. */
const PER_ADDRESS = 30;
/** Attempts in the window for one name from one address: nobody elsewhere can lock its user out. */
const PER_NAME = 10;

/** Limits attempts to log in, for all consoles together: the counts are in Redis. */
export class LoginLimiter {
  private readonly byAddress: RateLimiterRedis;
  private readonly byName: RateLimiterRedis;

  constructor(redis: Redis | Cluster, prefix: string) {
    const limiter = (keyPrefix: string, points: number): RateLimiterRedis =>
      new RateLimiterRedis({ storeClient: redis, keyPrefix, points, duration: WINDOW_S });
    this.byAddress = limiter(`${prefix}:console:login:address`, PER_ADDRESS);
    this.byName = limiter(`${prefix}:console:login:name`, PER_NAME);
  }

  /** Counts an attempt. @throws {ConsoleError} `too_many_logins` */
  async count(address: string, name: string): Promise<void> {
    await this.consume(this.byAddress, address);
    await this.consume(this.byName, nameKey(address, name));
  }

  /** Forgets the attempts for a name, which ended in a success. */
  async reset(address: string, name: string): Promise<void> {
    await this.byName.delete(nameKey(address, name));
  }

  private async consume(limiter: RateLimiterRedis, key: string): Promise<void> {
    try {
      await limiter.consume(key);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const seconds = Math.ceil(error.msBeforeNext / 1_000);
      throw new ConsoleError(
        429,
        'too_many_logins',
        `there were too many attempts to log in; try again in ${String(Math.ceil(seconds / 60))} minutes`,
        seconds,
      );
    }
  }
}

/** A digest, since the name may be any text. */
const nameKey = (address: string, name: string): string =>
  createHash('sha256')
    .update(JSON.stringify([address, name]))
    .digest('base64url');

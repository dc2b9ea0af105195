import type { Cluster, Redis } from 'ioredis';
import { redisTime } from './redis-time';

const SAMPLE_EVERY_MS = 10_000;
/** An answer that took longer says too little about the time. */
const LONGEST_ROUND_TRIP_MS = 2_000;

/** The part of the limit that a clock must come back to. So one that is about as far as the limit is not wrong again and again. */
const RIGHT_AGAIN = 0.9;

/** What Redis' clock showed when the monotonic clock of this process showed `at`, both in ms. */
interface Sample {
  readonly redisAt: number;
  readonly at: number;
}

/**
 * The time of this machine, unless its clock is too far from Redis'. Then it is that of Redis, as of the last sample and continued by
 * the monotonic clock, which no setting of a clock changes. So all processes of a system agree on the time although the clock of one
 * is wrong, or is set.
 *
 * *Unsampled*: the time of this machine. *Sampled*: from the first answer of Redis on, also while Redis is down.
 */
export class RedisClock {
  private sample: Sample | undefined;
  private isWrong = false;

  constructor(
    private readonly options: {
      /** In ms. A clock that is further from Redis' is wrong, until it is within nine tenths of that. */
      readonly mostApartMs: number;
      /** Called when the clock of this machine turns out to be wrong, with how many ms it is ahead; negative: behind. */
      readonly onWrong: (aheadMs: number) => void;
    },
  ) {}

  /** Asks a Redis every ten seconds, until its connection ends. */
  follow(redis: Pick<Redis | Cluster, 'time' | 'on' | 'once' | 'status'>): void {
    redis.on('ready', () => void this.read(redis));
    const timer = setInterval(() => void this.read(redis), SAMPLE_EVERY_MS).unref();
    redis.once('end', () => {
      clearInterval(timer);
    });
    if (redis.status === 'ready') void this.read(redis);
  }

  /** In ms since 1970. */
  now(): number {
    const own = Date.now();
    if (!this.sample) return own;
    const shared = Math.round(this.sample.redisAt + performance.now() - this.sample.at);
    const { mostApartMs, onWrong } = this.options;
    const isWrong = Math.abs(own - shared) > (this.isWrong ? mostApartMs * RIGHT_AGAIN : mostApartMs);
    if (isWrong && !this.isWrong) onWrong(own - shared);
    this.isWrong = isWrong;
    return isWrong ? shared : own;
  }

  /** Does nothing while Redis does not answer: the last sample stays. */
  private async read(redis: Pick<Redis | Cluster, 'time' | 'status'>): Promise<void> {
    if (redis.status !== 'ready') return;
    const askedAt = performance.now();
    const redisAt = await redisTime(redis).catch(() => undefined);
    const answeredAt = performance.now();
    if (redisAt === undefined || answeredAt - askedAt > LONGEST_ROUND_TRIP_MS) return;
    this.sample = { redisAt, at: (askedAt + answeredAt) / 2 };
  }
}

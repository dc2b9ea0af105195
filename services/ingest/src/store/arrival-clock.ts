import { redisTime, type connectRedis } from '@optout-sync/shared/redis';

/** A clock that is further from Redis' is wrong, as in rule 6 of docs/ordering.md. */
const MOST_APART_MS = 60_000;
const SAMPLE_EVERY_MS = 10_000;
/** An answer that took longer says too little about the time. */
const LONGEST_ROUND_TRIP_MS = 2_000;

/** What Redis' clock showed when the monotonic clock of this process showed `at`, both in ms. */
interface Sample {
  readonly redisAt: number;
  readonly at: number;
}

/**
 * The time at which a message arrives: that of this machine, unless its clock is more than a minute from Redis'. Then it is that
 * of Redis, as of the last sample and continued by the monotonic clock, which no setting of a clock changes. So the messages of a
 * person are in order although the clock of an ingest is wrong, or is set.
 *
 * *Unsampled*: the time of this machine. *Sampled*: from the first answer of Redis on, also while Redis is down.
 */
export class ArrivalClock {
  private sample: Sample | undefined;
  private isWrong = false;
  private readonly timer: NodeJS.Timeout;

  /** @param onWrong called when the clock of this machine turns out to be wrong, with how many ms it is ahead; negative: behind */
  constructor(
    private readonly redis: Pick<ReturnType<typeof connectRedis>, 'time' | 'on' | 'status'>,
    private readonly onWrong: (aheadMs: number) => void,
  ) {
    redis.on('ready', () => void this.read());
    this.timer = setInterval(() => void this.read(), SAMPLE_EVERY_MS).unref();
    if (redis.status === 'ready') void this.read();
  }

  /** In ms since 1970. */
  now(): number {
    const own = Date.now();
    if (!this.sample) return own;
    const shared = Math.round(this.sample.redisAt + performance.now() - this.sample.at);
    const isWrong = Math.abs(own - shared) > MOST_APART_MS;
    if (isWrong && !this.isWrong) this.onWrong(own - shared);
    this.isWrong = isWrong;
    return isWrong ? shared : own;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Does nothing while Redis does not answer: the last sample stays. */
  private async read(): Promise<void> {
    if (this.redis.status !== 'ready') return;
    const askedAt = performance.now();
    const redisAt = await redisTime(this.redis).catch(() => undefined);
    const answeredAt = performance.now();
    if (redisAt === undefined || answeredAt - askedAt > LONGEST_ROUND_TRIP_MS) return;
    this.sample = { redisAt, at: (askedAt + answeredAt) / 2 };
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { Mutex } from 'async-mutex';
import type { Cluster, Redis } from 'ioredis';
import { JobError } from '@optout-sync/shared/domain';

/** A job that killed its worker as often while it was the only suspect at work is what kills workers. */
const MAX_DEATHS = 3;
/** What kills does so at once. Who has run for so long waits for its turn with Customer.io, or for an answer. */
const ACQUITTED_MS = 5_000;
const REMEMBERED_SECONDS = 7 * 86_400;

/**
 * Finds the job that kills workers among all that were at work when one died. A worker has hundreds of jobs at work, most
 * of them waiting, so dying with a worker proves nothing. Suspects therefore start one at a time, each under a mark in
 * Redis that it takes away when it ends, in whatever way, or has lived for 5 s, when the next one may start; only a death
 * before leaves the mark. The third time it is found, the job is given up.
 */
export class Quarantine {
  private readonly mutex = new Mutex();

  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
    private readonly acquittedMs = ACQUITTED_MS,
  ) {}

  /** Runs a suspect in its turn. Throws what it throws, or a Failure when it is proven. */
  async run<Result>(job: string, work: () => Promise<Result>): Promise<Result> {
    const { ended } = await this.mutex.runExclusive(async () => {
      const ended = this.underMark(job, work);
      await Promise.race([ended.catch(() => undefined), delay(this.acquittedMs, undefined, { ref: false })]);
      return { ended };
    });
    return ended;
  }

  private async underMark<Result>(job: string, work: () => Promise<Result>): Promise<Result> {
    const mark = `${this.prefix}:suspect:${job}`;
    const set = (deaths: number): Promise<unknown> => this.redis.set(mark, deaths, 'EX', REMEMBERED_SECONDS);
    const deaths = Number((await this.redis.get(mark)) ?? 0);
    let acquit: NodeJS.Timeout | undefined;
    try {
      if (deaths >= MAX_DEATHS) {
        throw new JobError('refused', 'poison_job', `workers died ${String(deaths)} times on this job alone`);
      }
      await set(deaths + 1);
      // Should this fail, a death counts that should not: two more are needed.
      acquit = setTimeout(() => void set(deaths).catch(() => undefined), this.acquittedMs).unref();
      return await work();
    } finally {
      clearTimeout(acquit);
      await this.redis.del(mark);
    }
  }
}

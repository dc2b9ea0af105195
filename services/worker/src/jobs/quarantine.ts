import type { Cluster, Redis } from 'ioredis';
import { Failure } from '../domain/failure';
import { Line } from '../line';

/** A job that killed its worker as often while it was the only suspect at work is what kills workers. */
const MAX_DEATHS = 3;
const REMEMBERED_SECONDS = 7 * 86_400;

/**
 * Finds the job that kills workers among all that were at work when one died. A worker has hundreds of jobs at work, most
 * of them waiting, so dying with a worker proves nothing. Suspects therefore run one at a time, each under a mark in Redis
 * that it takes away when it ends, in whatever way; only a death leaves the mark. The third time it is found, the job is
 * given up.
 */
export class Quarantine {
  private readonly line = new Line();

  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
  ) {}

  /** Runs a suspect once all before it have ended. Throws what it throws, or a Failure when it is proven. */
  run<Result>(job: string, work: () => Promise<Result>): Promise<Result> {
    return this.line.run(() => this.alone(job, work));
  }

  private async alone<Result>(job: string, work: () => Promise<Result>): Promise<Result> {
    const mark = `${this.prefix}:suspect:${job}`;
    const deaths = Number((await this.redis.get(mark)) ?? 0);
    try {
      if (deaths >= MAX_DEATHS) {
        throw new Failure('refused', 'poison_job', `workers died ${String(deaths)} times on this job alone`);
      }
      await this.redis.set(mark, deaths + 1, 'EX', REMEMBERED_SECONDS);
      return await work();
    } finally {
      await this.redis.del(mark);
    }
  }
}

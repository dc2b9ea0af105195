import { setTimeout as delay } from 'node:timers/promises';
import { Mutex } from 'async-mutex';
import type { Cluster, Redis } from 'ioredis';
import { JobError } from '@optout-sync/shared/domain';

/** A job that was marked at this many worker deaths is what kills workers. */
const MAX_DEATHS = 3;
/** In ms. A job that kills does so at once; one that has run this long is waiting for an answer or for its turn. */
const SAFE_AFTER_MS = 5_000;
const MARK_TTL_SECONDS = 7 * 86_400;

/**
 * Finds the job that kills workers among all that were active when one died. A worker has hundreds of active jobs, most
 * of them waiting, so being active at a death proves nothing. A candidate goes through these states:
 *
 *   waiting    until the candidate before it has ended or is cleared
 *   marked     it runs under a mark in Redis that counts the deaths of workers. -> cleared after 5 s, -> ended. When the
 *              worker dies the mark stays; with three deaths it is -> poisonous
 *   cleared    it still runs, and a death does not count against it any more
 *   ended      it has succeeded or failed; the mark is removed
 *   poisonous  it is not run again but rejected as `poison_job`, which dead-letters it
 */
export class Quarantine {
  private readonly starting = new Mutex();

  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
    private readonly safeAfterMs = SAFE_AFTER_MS,
  ) {}

  /**
   * Runs a candidate once it is its turn.
   *
   * @param job the queue and id of the candidate
   * @throws {JobError} `poison_job` when the candidate is poisonous; else what `work` throws
   */
  async run<Result>(job: string, work: () => Promise<Result>): Promise<Result> {
    const { ended } = await this.starting.runExclusive(async () => {
      const ended = this.runMarked(job, work);
      await Promise.race([ended.catch(() => undefined), delay(this.safeAfterMs, undefined, { ref: false })]);
      return { ended };
    });
    return ended;
  }

  private async runMarked<Result>(job: string, work: () => Promise<Result>): Promise<Result> {
    const mark = `${this.prefix}:suspect:${job}`;
    const setDeaths = (deaths: number): Promise<unknown> =>
      this.redis.set(mark, deaths, 'EX', MARK_TTL_SECONDS);
    const deaths = Number((await this.redis.get(mark)) ?? 0);
    let clearing: NodeJS.Timeout | undefined;
    try {
      if (deaths >= MAX_DEATHS) {
        throw new JobError(
          'rejected',
          'poison_job',
          `workers died ${String(deaths)} times on this job alone`,
        );
      }
      await setDeaths(deaths + 1);
      // If this write fails, one death too many counts; it takes two more to reject the job.
      clearing = setTimeout(() => void setDeaths(deaths).catch(() => undefined), this.safeAfterMs).unref();
      return await work();
    } finally {
      clearTimeout(clearing);
      await this.redis.del(mark);
    }
  }
}

import { randomBytes } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import type { z } from 'zod';
import { redisTime } from '@optout-sync/shared/redis';
import type { Author } from '../audit/author';
import {
  parseOperatorRun,
  type OperatorRun,
  type OperatorRunKind,
  type OperatorRunState,
} from './operator-run';

const TTL_SECONDS = 90 * 86_400;
const REPORT_MS = 1_000;

/** The part of a run that its own process has. */
export interface ReportedRun {
  readonly id: string;
  /** Aborted once somebody cancels the run. */
  readonly cancelled: AbortSignal;
  /** The counts so far, which are stored within a second. */
  report(counts: Readonly<Record<string, number>>): void;
  /** Stores the end of the run, with its last counts. */
  end(state: Exclude<OperatorRunState, 'running' | 'lost'>): Promise<void>;
}

/**
 * The backfills and imports of operators, so that others see their progress and can end them. In Redis `<prefix>:operator-runs`, a
 * sorted set of ids by start, and a hash for each, stored for 90 days. The job does not depend on it: while Redis does not take a
 * report, the next one has its counts.
 */
export class OperatorRuns {
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
  ) {}

  async begin(
    kind: z.infer<typeof OperatorRunKind>,
    { by, why }: Author,
    details: Readonly<Record<string, unknown>>,
  ): Promise<ReportedRun> {
    const id = `${kind}-${randomBytes(5).toString('hex')}`;
    const at = await this.now();
    const fields = { version: 1, kind, state: 'running', by, why, startedAt: at, at };
    const key = this.key(id);
    await this.redis.hset(key, { ...fields, details: JSON.stringify(details), counts: '{}' });
    await this.redis.expire(key, TTL_SECONDS);
    await this.redis.zadd(this.all, at, id);
    await this.redis.zremrangebyscore(this.all, '-inf', at - TTL_SECONDS * 1_000);
    return this.reported(id);
  }

  /** @param now in ms since 1970, by Redis' clock */
  async get(id: string, now?: number): Promise<OperatorRun | undefined> {
    return parseOperatorRun(id, await this.redis.hgetall(this.key(id)), now ?? (await this.now()));
  }

  /** Returns up to `limit` runs, the latest first, after the latest `offset`, without those that this release cannot read. */
  async list(limit: number, offset = 0): Promise<OperatorRun[]> {
    const ids = limit > 0 ? await this.redis.zrevrange(this.all, offset, offset + limit - 1) : [];
    const now = await this.now();
    const runs = await Promise.all(ids.map((id) => this.get(id, now)));
    return runs.filter((run) => run !== undefined);
  }

  /** Asks the process of a run to end it, which takes a second or so. What it enqueued until then stays. */
  async cancel(id: string, by: string): Promise<void> {
    await this.redis.hset(this.key(id), { cancelledBy: by });
  }

  private reported(id: string): ReportedRun {
    const cancelled = new AbortController();
    let counts: Readonly<Record<string, number>> = {};
    const store = async (fields: Readonly<Record<string, string | number>> = {}): Promise<void> => {
      const at = await this.now();
      const key = this.key(id);
      await this.redis.hset(key, { at, counts: JSON.stringify(counts), ...fields });
      if ((await this.redis.hexists(key, 'cancelledBy')) === 1) cancelled.abort();
    };
    let running: Promise<void> = Promise.resolve();
    const timer = setInterval(() => {
      running = running.then(() => store()).catch(() => undefined);
    }, REPORT_MS);
    timer.unref();
    return {
      id,
      cancelled: cancelled.signal,
      report: (next) => {
        counts = next;
      },
      end: async (state) => {
        clearInterval(timer);
        await running;
        await store({ state, endedAt: await this.now() }).catch(() => undefined);
      },
    };
  }

  private async now(): Promise<number> {
    return Math.floor(await redisTime(this.redis));
  }

  private get all(): string {
    return `${this.prefix}:operator-runs`;
  }

  private key(id: string): string {
    return `${this.prefix}:operator-runs:${id}`;
  }
}

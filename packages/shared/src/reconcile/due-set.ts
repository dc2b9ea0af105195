import type { Cluster, Redis, Result } from 'ioredis';
import { loadScript } from '../redis/load-script';

/** Arguments and results are documented at the head of the `.lua` file. */
declare module 'ioredis' {
  interface RedisCommander<Context> {
    optoutRemoveDue(key: string, ...args: (string | number)[]): Result<number, Context>;
  }
}

const REMOVE = loadScript(`${__dirname}/scripts`, 'remove-due.lua');

/** A member that is due. */
export interface Due {
  /** As it is stored. */
  readonly member: string;
  /** When it was due, in ms since 1970. */
  readonly dueAt: number;
}

/** Members of sorted sets by the time when they are due. */
export class DueSet {
  constructor(
    private readonly redis: Redis | Cluster,
    /** In ms since 1970. */
    private readonly now: () => number,
  ) {
    redis.defineCommand('optoutRemoveDue', { numberOfKeys: 1, lua: REMOVE });
  }

  /** Returns at most `limit` members that are due, the oldest first. They stay until they are removed. */
  async due(key: string, limit: number): Promise<Due[]> {
    const range = ['-inf', this.now(), 'WITHSCORES', 'LIMIT', 0, limit] as const;
    const found = await this.redis.zrangebyscore(key, ...range);
    const due: Due[] = [];
    for (let i = 0; i + 1 < found.length; i += 2) {
      due.push({ member: found[i] ?? '', dueAt: Number(found[i + 1]) });
    }
    return due;
  }

  /** Removes members that were read as due, unless they were scheduled anew meanwhile. */
  async remove(key: string, due: readonly Due[]): Promise<void> {
    if (due.length === 0) return;
    await this.redis.optoutRemoveDue(key, ...due.flatMap(({ member, dueAt }) => [member, dueAt]));
  }
}

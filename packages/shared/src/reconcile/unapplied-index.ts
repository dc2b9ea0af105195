import type { Cluster, Redis, Result } from 'ioredis';
import type { DestinationName } from '../domain/destination-name';
import { groupBy } from '../domain/group-by';
import type { Subject } from '../domain/subject';
import { joinCalls } from '../redis/join-calls';
import { loadScript } from '../redis/load-script';
import { parseMember, reconcileKey, toMember, toMembers } from './keys';

/** Arguments and results are documented at the head of the `.lua` file. */
declare module 'ioredis' {
  interface RedisCommander<Context> {
    optoutAddUnapplied(key: string, ...args: (string | number)[]): Result<string, Context>;
  }
}

const ADD = loadScript(`${__dirname}/scripts`, 'add-unapplied.lua');

/** A phone that waits, and since when. */
export interface UnappliedEntry {
  readonly subject: Subject;
  /** When the event was received, in ms since 1970. */
  readonly receivedAt: number;
  /** Whether it waits for an opt-out of the live lane, which the objective is about. */
  readonly isLiveStop: boolean;
}

/** How many phones wait for a live opt-out, how many of them since before a time, and since when the first, in ms since 1970. */
export interface WaitingLiveStops {
  readonly count: number;
  readonly late: number;
  readonly oldest: number | undefined;
}

/**
 * The score of an entry is its time, in ms since 1970; that of one that does not wait for a live opt-out is lower by this much,
 * so that live opt-outs are counted by one command. Earlier versions write the time alone: their entries count as live opt-outs.
 */
const NOT_LIVE = 1e13;

/**
 * The phones whose present version Customer.io does not hold yet, by the time at which the first event was received that
 * waits for it. Added after an event is recorded, removed once its version is applied or dead-lettered. Each optional
 * destination has an index of its own: of the phones whose applied version it does not hold yet, by the time of the oldest
 * request to write it. Added before that version is marked as applied.
 *
 * Known hole: an event that is recorded in the moment in which an earlier one is removed is missing. Only when its sync job
 * is lost as well does anything wait for it: the sweep.
 */
export class UnappliedIndex {
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
    private readonly destination?: DestinationName,
  ) {
    redis.defineCommand('optoutAddUnapplied', { numberOfKeys: 1, lua: ADD });
  }

  /** Gives phones of one workspace another time; those that are not in the index stay out of it. @param at in ms since 1970 */
  async touch(subjects: readonly Subject[], at: number): Promise<void> {
    const [first] = subjects;
    if (!first) return;
    const members = subjects.flatMap((subject) => [at, toMember(subject)]);
    await this.redis.zadd(this.key(first.workspace), 'XX', ...members);
  }

  /** See {@link addAll}. */
  add(subject: Subject, receivedAt: number, isLiveStop = false): Promise<void> {
    return this.addAll([{ subject, receivedAt, isLiveStop }]);
  }

  /** Adds phones. One that waits already keeps its time, unless a live opt-out comes to one that waits for something else. */
  async addAll(added: readonly UnappliedEntry[]): Promise<void> {
    const byWorkspace = groupBy(added, ({ subject }) => subject.workspace);
    await Promise.all(
      [...byWorkspace].map(([workspace, some]) => {
        const scored = some.flatMap((entry) => [this.scoreOf(entry), toMember(entry.subject)]);
        return this.redis.optoutAddUnapplied(this.key(workspace), ...scored);
      }),
    );
  }

  /** Removes a phone. */
  readonly remove = joinCalls<Subject, undefined>(
    ({ workspace }) => workspace,
    async (subjects, workspace) => {
      await this.redis.zrem(this.key(workspace), ...subjects.flatMap(toMembers));
      return subjects.map(() => undefined);
    },
  );

  /**
   * Returns the phones with an event received before `before`, in ms since 1970: those that wait for a live opt-out, then the
   * others, each the oldest first.
   */
  async list(
    workspace: string,
    { before, offset, limit }: { readonly before: number; readonly offset: number; readonly limit: number },
  ): Promise<{ subject: Subject; receivedAt: number }[]> {
    const key = this.key(workspace);
    const read = (min: string, max: number, skip: number, count: number): Promise<string[]> =>
      this.redis.zrangebyscore(key, min, max, 'WITHSCORES', 'LIMIT', skip, count);
    const found = await read('0', before, offset, limit);
    const missing = limit - found.length / 2;
    if (missing > 0) {
      const live = await this.redis.zcount(key, '0', before);
      found.push(...(await read('-inf', before - NOT_LIVE, Math.max(0, offset - live), missing)));
    }
    const listed = [];
    for (let i = 0; i + 1 < found.length; i += 2) {
      const subject = parseMember(workspace, found[i] ?? '');
      if (subject) listed.push({ subject, receivedAt: receivedAtOf(Number(found[i + 1])) });
    }
    return listed;
  }

  async includes(subject: Subject): Promise<boolean> {
    return (await this.redis.zscore(this.key(subject.workspace), toMember(subject))) !== null;
  }

  /** Counts the phones that wait for a live opt-out. @param lateBefore in ms since 1970 */
  async countLiveStops(workspace: string, lateBefore: number): Promise<WaitingLiveStops> {
    const key = this.key(workspace);
    const [count, late, [, oldest]] = await Promise.all([
      this.redis.zcount(key, '0', '+inf'),
      this.redis.zcount(key, '0', `(${String(lateBefore)}`),
      this.redis.zrangebyscore(key, '0', '+inf', 'WITHSCORES', 'LIMIT', 0, 1),
    ]);
    return { count, late, oldest: oldest === undefined ? undefined : Number(oldest) };
  }

  /** The index of a destination has no objective, and nothing counts its entries. */
  private scoreOf({ receivedAt, isLiveStop }: UnappliedEntry): number {
    return isLiveStop || this.destination !== undefined ? receivedAt : receivedAt - NOT_LIVE;
  }

  private key(workspace: string): string {
    const key = this.destination === undefined ? 'unapplied' : (`unapplied:${this.destination}` as const);
    return reconcileKey(this.prefix, workspace, key);
  }
}

const receivedAtOf = (score: number): number => (score < 0 ? score + NOT_LIVE : score);

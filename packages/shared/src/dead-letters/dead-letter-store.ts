import type { Cluster, Redis } from 'ioredis';
import { DEFAULT_WORKSPACE, type WorkspaceOf } from '../domain/subject';
import { deadLetterId, mergeDeadLetters, type DeadLetter } from './dead-letter';
import { indexKeys, type DeadLetterFilter } from './dead-letter-filter';
import { indexTerms } from './index-terms';
import { LOOKED_AT_ONCE, queryArgs } from './query-args';
import { defineScripts } from './scripts/define';

/** A letter as operators see it. */
export interface StoredDeadLetter {
  readonly id: string;
  readonly letter: DeadLetter;
  /** The run that replays it just now. */
  readonly run?: string;
}

export interface LetterPage {
  readonly letters: readonly StoredDeadLetter[];
  /** Where the next page begins; missing on the last. */
  readonly next?: string;
}

/** So many letters are looked at for one page or count at most, so that its time is bounded whatever is asked for. */
const MOST_LOOKED_AT = 200_000;
const MOST_ON_A_PAGE = 1_000;

/**
 * The dead letters in Redis, kept until they are replayed or discarded, by the scripts beside this file: filing or removing
 * one changes the letter and all it can be found by together. Letters are ordered by their last failure, and by id where
 * that is the same; a cursor names a place in that order, so pages miss and repeat nothing while letters come and go.
 *
 * A query walks the smallest of the sets it names and asks each letter whether it is in the others.
 */
export class DeadLetterStore {
  private readonly base: string;

  /** @param workspaceOf the workspace of an account, to find events by that of their account */
  constructor(
    private readonly redis: Redis | Cluster,
    prefix: string,
    private readonly workspaceOf: WorkspaceOf = () => DEFAULT_WORKSPACE,
  ) {
    this.base = deadLettersKey(prefix);
    defineScripts(redis);
  }

  /**
   * Puts a letter where operators find it, once, and gives its id. What fails again while its letter is there (as when it
   * is being replayed) is added to that letter.
   */
  async put(letter: DeadLetter): Promise<string> {
    const id = deadLetterId(letter);
    let seen = '';
    let next = letter;
    for (;;) {
      const [filed, revision = '', json = ''] = await this.redis.optoutLetterFile(
        this.base,
        id,
        seen,
        JSON.stringify(next),
        next.lastFailedAt,
        next.attempts.length,
        ...indexKeys(next, indexTerms(next, this.workspaceOf)),
      );
      if (filed === '1') return id;
      const present = json === '' ? undefined : parse(json);
      next = present ? mergeDeadLetters(present, letter) : letter;
      if (next === present) return id;
      seen = revision;
    }
  }

  async get(id: string): Promise<StoredDeadLetter | undefined> {
    const { letters } = await this.page({ filter: { ids: [id] }, limit: 1 });
    return letters[0];
  }

  /** A page of 1,000 letters at most, the one that failed longest ago first. May hold fewer than asked for, and yet go on. */
  async page(ask: {
    readonly filter?: DeadLetterFilter;
    readonly limit: number;
    readonly cursor?: string | undefined;
  }): Promise<LetterPage> {
    const { filter = {}, cursor = '' } = ask;
    const limit = Math.min(ask.limit, MOST_ON_A_PAGE);
    const letters: StoredDeadLetter[] = [];
    let next = cursor;
    let looked = 0;
    do {
      const [end, ...rows] = await this.redis.optoutLetterPage(
        this.base,
        limit - letters.length,
        ...queryArgs(filter, { cursor: next }),
      );
      for (let i = 0; i + 2 < rows.length; i += 3) {
        const [id = '', json = '', run = ''] = rows.slice(i, i + 3);
        letters.push({ id, letter: parse(json), ...(run === '' ? {} : { run }) });
      }
      next = end;
      looked += LOOKED_AT_ONCE;
    } while (next !== '' && letters.length < limit && looked < MOST_LOOKED_AT);
    return next === '' ? { letters } : { letters, next };
  }

  /**
   * How many letters meet the filter. `exact` is false when there may be more, behind as many as are looked at for one
   * count; with `exact: true` it counts to the end. `cutoff`: only those last filed up to that revision.
   */
  async count(
    filter: DeadLetterFilter = {},
    ask: { readonly exact?: boolean; readonly cutoff?: number } = {},
  ): Promise<{ readonly count: number; readonly exact: boolean }> {
    let cursor = '';
    let count = 0;
    let looked = 0;
    do {
      const [next, found] = await this.redis.optoutLetterCount(
        this.base,
        ...queryArgs(filter, { cursor, cutoff: ask.cutoff }),
      );
      cursor = next;
      count += found;
      looked += LOOKED_AT_ONCE;
    } while (cursor !== '' && (ask.exact === true || looked < MOST_LOOKED_AT));
    return { count, exact: cursor === '' };
  }

  /** Discards all letters that meet the filter, but for those that a run is replaying. Gives how many. */
  async discard(filter: DeadLetterFilter): Promise<number> {
    let cursor = '';
    let count = 0;
    do {
      const [next, gone] = await this.redis.optoutLetterDiscard(
        this.base,
        LOOKED_AT_ONCE,
        ...queryArgs(filter, { cursor }),
      );
      cursor = next;
      count += gone;
    } while (cursor !== '');
    return count;
  }

  /** How many letters there are, and when (ms since 1970) the first of them last failed. */
  async size(): Promise<{ readonly count: number; readonly oldest?: number }> {
    const all = `${this.base}:by:all`;
    const [count, [, oldest]] = await Promise.all([
      this.redis.zcard(all),
      this.redis.zrange(all, '0', '0', 'WITHSCORES'),
    ]);
    return oldest === undefined ? { count } : { count, oldest: Number(oldest) };
  }
}

/** What all keys of the dead letters begin with. */
export function deadLettersKey(prefix: string): string {
  return `${prefix}:{dlq}`;
}

export function parse(json: string): DeadLetter {
  return JSON.parse(json) as DeadLetter;
}

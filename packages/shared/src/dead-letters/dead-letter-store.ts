import type { Cluster, Redis } from 'ioredis';
import { DEFAULT_WORKSPACE, type WorkspaceOf } from '../domain/subject';
import { EarlierFailures, deadLetterId, mergeDeadLetters, withEarlier, type DeadLetter } from './dead-letter';
import { indexKeys, type DeadLetterFilter } from './dead-letter-filter';
import { indexTerms } from './index-terms';
import { countFailures, type FailureCount } from './failure-counts';
import { LISTED_COLUMNS, parseListed, type ListedDeadLetter } from './listed-dead-letter';
import { DAMAGED, parseDeadLetter } from './parse-dead-letter';
import { EXAMINED_PER_CALL, queryArgs } from './query-args';
import { defineScripts } from './scripts/define';

/** A dead letter as operators see it. */
export interface StoredDeadLetter {
  readonly id: string;
  readonly deadLetter: DeadLetter;
  /** The run that is replaying it. */
  readonly run?: string;
}

/** A dead letter with its stored JSON, which is whole also where the release that reads it knows only a part. */
export interface DeadLetterText extends StoredDeadLetter {
  readonly text: string;
}

export interface DeadLetterPage {
  readonly deadLetters: readonly StoredDeadLetter[];
  /** The cursor of the next page; missing on the last one. */
  readonly next?: string;
}

/** A page of {@link DeadLetterStore.list}. */
export interface DeadLetterList {
  readonly listed: readonly ListedDeadLetter[];
  /** The cursor of the next page; missing on the last one. */
  readonly next?: string;
}

/** What {@link DeadLetterStore.list} lists. */
interface RowQuery {
  readonly filter?: DeadLetterFilter;
  readonly limit: number;
  readonly maxBytes: number;
  readonly cursor?: string | undefined;
  readonly maxExamined?: number;
  readonly cutoff?: number;
}

/** Dead letters that one page or count examines at most, which bounds its time whatever the filter is. */
const MAX_EXAMINED = 200_000;
const MAX_PAGE_SIZE = 1_000;
/** How many texts are read at once, and the size of the largest of them in bytes: a larger one is read by itself. */
const TEXTS_AT_ONCE = 200;
const MAX_TEXT_BYTES = 65_536;

/**
 * The dead letters in Redis, stored until they are replayed or discarded. Each script beside this file is atomic: a put or a
 * removal changes the dead letter together with its index entries. Dead letters are ordered by their last failure, then by
 * id; a cursor is a place in that order, so pages neither miss nor repeat one while others come and go.
 *
 * A query walks the smallest index set that its filter names and looks each member up in the other sets.
 */
export class DeadLetterStore {
  private readonly base: string;

  /** @param workspaceOf returns the workspace of an account; an event is indexed by that of its account */
  constructor(
    private readonly redis: Redis | Cluster,
    prefix: string,
    private readonly workspaceOf: WorkspaceOf = () => DEFAULT_WORKSPACE,
  ) {
    this.base = deadLettersKey(prefix);
    defineScripts(redis);
  }

  /**
   * Stores a dead letter, once, and returns its id. A payload that fails again while its dead letter is stored, for example
   * during a replay, is merged into that dead letter. One that fails again after a replay requeued it has all attempts, and the
   * time of the first failure, of the dead letter that it was.
   *
   * @param replayOf the id of the dead letter that a replay requeued, which differs for a raw payload that is parsed now
   */
  async put(deadLetter: DeadLetter, replayOf?: string): Promise<string> {
    const id = deadLetterId(deadLetter);
    const formerId = replayOf === undefined || replayOf === id ? '' : replayOf;
    let readRevision = '';
    let earlier: readonly string[] = ['', ''];
    let next = deadLetter;
    for (;;) {
      const [stored, revision = '', json = '', ...found] = await this.redis.optoutDeadLetterPut(
        this.base,
        id,
        formerId,
        earlier.join('\n'),
        readRevision,
        JSON.stringify(next),
        next.lastFailedAt,
        next.attempts.length,
        ...indexKeys(next, indexTerms(next, this.workspaceOf)),
      );
      if (stored === '1') return id;
      const present = json === '' ? DAMAGED : parseDeadLetter(json);
      earlier = found;
      const merged = present === DAMAGED ? deadLetter : mergeDeadLetters(present, deadLetter);
      next = withEarlier(merged, earlier.filter((text) => text !== '').map(parseEarlier));
      if (next === present) return id;
      readRevision = revision;
    }
  }

  async get(id: string): Promise<StoredDeadLetter | undefined> {
    const { deadLetters } = await this.page({ filter: { ids: [id] }, limit: 1 });
    return deadLetters[0];
  }

  /** Returns a page of at most 1,000 dead letters, oldest failure first. A page before the last may hold fewer than `limit`. */
  async page(query: {
    readonly filter?: DeadLetterFilter;
    readonly limit: number;
    readonly cursor?: string | undefined;
  }): Promise<DeadLetterPage> {
    const { rows, ...next } = await this.readRows({ ...query, maxBytes: Number.MAX_SAFE_INTEGER });
    const deadLetters = rows.map(([id = '', , , , json = '', run = '']) => ({
      id,
      deadLetter: parseDeadLetter(json),
      ...(run === '' ? {} : { run }),
    }));
    return { deadLetters, ...next };
  }

  /**
   * Lists dead letters like {@link page}, by what their index entries say, so that neither a large nor a damaged one prevents it.
   *
   * @param query.maxBytes the size of the largest that is read, in bytes of JSON
   * @param query.maxExamined how many dead letters are examined at most, 200,000 by default
   * @param query.cutoff lists only those last put up to this revision
   */
  async list(query: RowQuery): Promise<DeadLetterList> {
    const { rows, ...next } = await this.readRows(query);
    return { listed: rows.map(parseListed), ...next };
  }

  /** Reads every dead letter, oldest failure first, in memory that does not grow with their number. One that fails again meanwhile may be read twice. */
  async *texts(): AsyncGenerator<DeadLetterText> {
    let cursor: string | undefined;
    do {
      const { rows, next } = await this.readRows({
        limit: TEXTS_AT_ONCE,
        maxBytes: MAX_TEXT_BYTES,
        ...(cursor !== undefined && { cursor }),
      });
      for (const [id = '', , , , json = '', run = ''] of rows) {
        const text = json === '' ? await this.redis.hget(`${this.base}:letters`, id) : json;
        // Discarded or replayed since.
        if (text === null) continue;
        yield { id, text, deadLetter: parseDeadLetter(text), ...(run !== '' && { run }) };
      }
      cursor = next;
    } while (cursor !== undefined);
  }

  /** Reads rows of scripts/list.lua, and the cursor of the next ones; without it these are the last. */
  private async readRows(
    query: RowQuery,
  ): Promise<{ readonly rows: readonly (readonly string[])[]; readonly next?: string }> {
    const { filter = {}, cursor = '', maxBytes, maxExamined = MAX_EXAMINED, cutoff } = query;
    const limit = Math.min(query.limit, MAX_PAGE_SIZE);
    const rows: string[][] = [];
    let next = cursor;
    let examined = 0;
    do {
      const [end, ...values] = await this.redis.optoutDeadLetterList(
        this.base,
        limit - rows.length,
        maxBytes,
        ...queryArgs(filter, { cursor: next, cutoff }),
      );
      for (let i = 0; i + LISTED_COLUMNS <= values.length; i += LISTED_COLUMNS) {
        rows.push(values.slice(i, i + LISTED_COLUMNS));
      }
      next = end;
      examined += EXAMINED_PER_CALL;
    } while (next !== '' && rows.length < limit && examined < maxExamined);
    return next === '' ? { rows } : { rows, next };
  }

  /**
   * The revision of the latest put. A dead letter that is put later, also one that fails again, has a higher one: those that meet a
   * filter up to a revision can only become fewer, so as long as their number stays they are the same.
   */
  async revision(): Promise<number> {
    return Number((await this.redis.get(`${this.base}:revision`)) ?? 0);
  }

  /** Counts the dead letters that meet a filter now, exactly, and returns the revision up to which they are these. */
  async select(filter: DeadLetterFilter): Promise<{ readonly revision: number; readonly count: number }> {
    const revision = await this.revision();
    const { count } = await this.count(filter, { exact: true, cutoff: revision });
    return { revision, count };
  }

  /**
   * Counts the dead letters that meet a filter. `exact` is false when the count stopped after 200,000 examined ones and there
   * may be more.
   *
   * @param options.exact counts to the end
   * @param options.cutoff counts only those last put up to this revision
   * @param options.maxExamined how many dead letters are examined at most, 200,000 by default
   */
  async count(
    filter: DeadLetterFilter = {},
    options: {
      readonly exact?: boolean;
      readonly cutoff?: number | undefined;
      readonly maxExamined?: number;
    } = {},
  ): Promise<{ readonly count: number; readonly exact: boolean }> {
    let cursor = '';
    let count = 0;
    let examined = 0;
    do {
      const [next, matches] = await this.redis.optoutDeadLetterCount(
        this.base,
        ...queryArgs(filter, { cursor, cutoff: options.cutoff }),
      );
      cursor = next;
      count += matches;
      examined += EXAMINED_PER_CALL;
    } while (cursor !== '' && (options.exact === true || examined < (options.maxExamined ?? MAX_EXAMINED)));
    return { count, exact: cursor === '' };
  }

  /**
   * Discards the dead letters that meet a filter, except those that a run is replaying. Returns how many.
   *
   * @param options.cutoff discards only those last put up to this revision
   */
  async discard(
    filter: DeadLetterFilter,
    options: { readonly cutoff?: number | undefined } = {},
  ): Promise<number> {
    let cursor = '';
    let count = 0;
    do {
      const [next, removed] = await this.redis.optoutDeadLetterDiscard(
        this.base,
        EXAMINED_PER_CALL,
        ...queryArgs(filter, { cursor, cutoff: options.cutoff }),
      );
      cursor = next;
      count += removed;
    } while (cursor !== '');
    return count;
  }

  /** Returns how many dead letters wait by stage and code; see {@link countFailures}. */
  countByFailure(): Promise<FailureCount[]> {
    return countFailures((set) => this.sizeOf(set));
  }

  /** Returns how many dead letters there are, and the earliest `lastFailedAt` (ms since 1970). */
  size(): Promise<{ readonly count: number; readonly oldest?: number }> {
    return this.sizeOf('all');
  }

  private async sizeOf(set: string): Promise<{ readonly count: number; readonly oldest?: number }> {
    const key = `${this.base}:by:${set}`;
    const [count, [, oldest]] = await Promise.all([
      this.redis.zcard(key),
      this.redis.zrange(key, '0', '0', 'WITHSCORES'),
    ]);
    return oldest === undefined ? { count } : { count, oldest: Number(oldest) };
  }
}

/** The base key of the dead letters; see scripts/prelude.lua. */
export function deadLettersKey(prefix: string): string {
  return `${prefix}:{dlq}`;
}

const parseEarlier = (json: string): EarlierFailures => EarlierFailures.parse(JSON.parse(json));

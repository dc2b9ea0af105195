import { randomBytes } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import type { DeadLetterFilter } from './dead-letter-filter';
import { deadLettersKey, parse, type DeadLetterStore, type StoredDeadLetter } from './dead-letter-store';
import { queryArgs } from './query-args';
import { parseRun, type ReplayRun, type RunState } from './replay-run';
import { defineScripts } from './scripts/define';

/** A run that is over is remembered for so long. */
const REMEMBERED_SECONDS = 90 * 86_400;

/** Who asks for a replay of what, and why. */
export interface ReplayOrder {
  /** From `newRunId`, where it has to be known before. */
  readonly id?: string;
  readonly filter: DeadLetterFilter;
  readonly by: string;
  readonly why: string;
  /** Letters a second at most. */
  readonly rate?: number | undefined;
}

/**
 * The replay runs in Redis. A run puts every letter that met its filter when it was made back to work, once.
 *
 *   waiting    made, with the number of letters and the revision up to which letters are its own: what is filed later,
 *              also what fails again, has a higher one. -> running when a worker takes it up, -> cancelled
 *   running    a worker claims some letters, puts what they hold back to work, and settles them: they go, unless what they
 *              hold has failed again by then. -> finished when there are none left, -> cancelled by an operator
 *   finished   over
 *   cancelled  over; the worker settles what it holds claimed, and takes no more
 *
 * A claim is one script's work, so a letter has one run at a time, and other runs pass it over: two runs over the same
 * letters share them. Claims and the place up to which letters were claimed change together. A worker that dies leaves its
 * claims; the next one takes the run and its claims up and puts what they hold back to work again, which changes nothing
 * where it was done (jobs have the ids of what they hold, and the ledger knows the message).
 */
export class ReplayRuns {
  private readonly base: string;

  constructor(
    private readonly redis: Redis | Cluster,
    prefix: string,
    private readonly letters: DeadLetterStore,
  ) {
    this.base = deadLettersKey(prefix);
    defineScripts(redis);
  }

  /** Makes a run that waits. */
  async create({ id = newRunId(), filter, by, why, rate }: ReplayOrder): Promise<ReplayRun> {
    const cutoff = Number((await this.redis.get(`${this.base}:revision`)) ?? 0);
    const { count: total } = await this.letters.count(filter, { exact: true, cutoff });
    const fields = { by, why, filter: JSON.stringify(filter), cutoff, total, ...(rate ? { rate } : {}) };
    await this.redis.optoutRunCreate(this.base, id, Date.now(), ...Object.entries(fields).flat());
    const run = await this.get(id);
    if (!run) throw new Error(`the run ${id} is gone at once`);
    return run;
  }

  async get(id: string): Promise<ReplayRun | undefined> {
    return parseRun(id, await this.redis.hgetall(this.key(id)));
  }

  /** Why letters of the run stay, by their ids; of 1,000 at most. */
  async skipReasons(id: string): Promise<Record<string, string>> {
    return this.redis.hgetall(`${this.key(id)}:kept`);
  }

  /** The latest runs first. */
  async list(limit: number): Promise<ReplayRun[]> {
    const all = `${this.base}:runs`;
    await this.redis.zremrangebyscore(all, '-inf', Date.now() - REMEMBERED_SECONDS * 2_000);
    const ids = limit > 0 ? await this.redis.zrevrange(all, 0, limit - 1) : [];
    const runs = await Promise.all(ids.map((id) => this.get(id)));
    return runs.flatMap((run) => run ?? []);
  }

  /** The ids of the runs that are not over. */
  async open(): Promise<string[]> {
    return this.redis.smembers(`${this.base}:runs:open`);
  }

  /** Ends a run that is not over. Gives its state then, undefined when there is no such run. */
  async cancel(id: string): Promise<RunState | undefined> {
    return this.end(id, 'cancelled');
  }

  /** A worker takes the run up. Gives its state then. */
  async start(id: string): Promise<RunState | undefined> {
    return stateOf(await this.redis.optoutRunStart(this.base, id, Date.now()));
  }

  /** Claims the run's next letters. Also gives the run's state, and whether there may be more. */
  async claim(
    { id, filter }: Pick<ReplayRun, 'id' | 'filter'>,
    limit: number,
  ): Promise<{ state: RunState | undefined; more: boolean; letters: StoredDeadLetter[] }> {
    const [state, more, ...rows] = await this.redis.optoutRunTake(this.base, id, limit, ...queryArgs(filter));
    return { state: stateOf(state), more: more === '1', letters: lettersOf(rows, id) };
  }

  /** The letters that the run holds claimed, since a worker died. */
  async reclaim(id: string): Promise<StoredDeadLetter[]> {
    return lettersOf(await this.redis.optoutRunReclaim(this.base, id), id);
  }

  /** Ends the claims of letters: of those that were put back to work, and of those that stay, for the reason given. */
  async ack(id: string, letters: readonly { id: string; stays?: string | undefined }[]): Promise<void> {
    if (letters.length === 0) return;
    const args = letters.flatMap((letter) => [letter.id, letter.stays ?? '']);
    await this.redis.optoutRunSettle(this.base, id, ...args);
  }

  /** Gives up what the run holds claimed, untouched. */
  async release(id: string): Promise<void> {
    await this.redis.optoutRunRelease(this.base, id);
  }

  async finish(id: string): Promise<RunState | undefined> {
    return this.end(id, 'finished');
  }

  /** Counts how something that the run put back to work ended. */
  async recordOutcome(id: string, outcome: string): Promise<void> {
    await this.redis.optoutRunTell(this.base, id, outcome);
  }

  private async end(id: string, end: 'finished' | 'cancelled'): Promise<RunState | undefined> {
    return stateOf(await this.redis.optoutRunEnd(this.base, id, end, Date.now(), REMEMBERED_SECONDS));
  }

  private key(id: string): string {
    return `${this.base}:run:${id}`;
  }
}

const stateOf = (state: string): RunState | undefined => (state === '' ? undefined : (state as RunState));

function lettersOf(rows: readonly string[], run: string): StoredDeadLetter[] {
  const letters: StoredDeadLetter[] = [];
  for (let i = 0; i + 1 < rows.length; i += 2) {
    letters.push({ id: rows[i] ?? '', letter: parse(rows[i + 1] ?? ''), run });
  }
  return letters;
}

/** A name for a run that is to be. */
export function newRunId(): string {
  return `run-${randomBytes(5).toString('hex')}`;
}

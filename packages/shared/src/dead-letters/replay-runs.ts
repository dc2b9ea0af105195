import { createHash, randomBytes } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import type { DeadLetterFilter } from './dead-letter-filter';
import { deadLettersKey, type DeadLetterStore, type StoredDeadLetter } from './dead-letter-store';
import { parseDeadLetter } from './parse-dead-letter';
import { queryArgs } from './query-args';
import { UnsupportedRunError, isOver, parseRun, type ReplayRun, type RunState } from './replay-run';
import { defineScripts } from './scripts/define';

/** How long a run is stored after it has ended. */
const RUN_TTL_SECONDS = 90 * 86_400;
/** How long the earlier failures of a requeued dead letter are stored. Its job ends long before, unless it waits for an outage. */
const EARLIER_TTL_SECONDS = 7 * 86_400;

/** What to replay, on whose request and why. */
export interface ReplayOrder {
  /** From `newRunId`, for callers that need the id before the run exists. */
  readonly id?: string;
  readonly filter: DeadLetterFilter;
  readonly by: string;
  readonly why: string;
  /** Dead letters per second at most. */
  readonly rate?: number | undefined;
  /** What `DeadLetterStore.select` returned for the filter; without it the run selects. */
  readonly selected?: { readonly revision: number; readonly count: number };
}

/**
 * The replay runs in Redis. A run requeues, once, each dead letter that met its filter when the run was created.
 *
 * States:
 *   waiting    created, with the number of matching dead letters and a cutoff: the latest revision at that time. A dead
 *              letter put later, also one that fails again, has a higher revision and does not belong to the run.
 *              Left for running by `start`, for cancelled by `cancel`.
 *   running    a worker claims dead letters in batches, requeues their payloads and acks them. An acked dead letter is
 *              removed unless its payload has failed again meanwhile. Left for finished by `finish`, when the claim finds
 *              none, for cancelled by `cancel`.
 *   finished   final.
 *   cancelled  final. The worker acks what it holds claimed and claims no more.
 *
 * Guarantees: a claim is one script, so one run at a time holds a dead letter and other runs skip it; two runs over the same
 * dead letters share them. The claims and the cursor of the run change together. A worker that crashes leaves its claims; the
 * next worker reclaims them and requeues their payloads again. That changes nothing where the first one had done so: a job id
 * is derived from its payload, and the ledger knows the message.
 */
export class ReplayRuns {
  private readonly base: string;

  constructor(
    private readonly redis: Redis | Cluster,
    prefix: string,
    private readonly deadLetters: DeadLetterStore,
  ) {
    this.base = deadLettersKey(prefix);
    defineScripts(redis);
  }

  /** Creates a run in the state `waiting`; a run that exists stays as it is. */
  async create({ id = newRunId(), filter, by, why, rate, selected }: ReplayOrder): Promise<ReplayRun> {
    const { revision: cutoff, count: total } = selected ?? (await this.deadLetters.select(filter));
    const fields = { by, why, filter: JSON.stringify(filter), cutoff, total, ...(rate ? { rate } : {}) };
    await this.redis.optoutRunCreate(this.base, id, Date.now(), ...Object.entries(fields).flat());
    const run = await this.get(id);
    if (!run) throw new Error(`replay run ${id} was created but cannot be read`);
    return run;
  }

  /** @throws {UnsupportedRunError} when a newer version created it */
  async get(id: string): Promise<ReplayRun | undefined> {
    return parseRun(id, await this.redis.hgetall(this.key(id)));
  }

  /** Returns, by id, why dead letters of the run were not replayed; 1,000 at most. */
  async skipReasons(id: string): Promise<Record<string, string>> {
    return this.redis.hgetall(`${this.key(id)}:kept`);
  }

  /** Returns up to `limit` runs, the latest first, after the latest `offset`, without those that only a newer version can read. */
  async list(limit: number, offset = 0): Promise<ReplayRun[]> {
    const all = `${this.base}:runs`;
    await this.redis.zremrangebyscore(all, '-inf', Date.now() - RUN_TTL_SECONDS * 2_000);
    const ids = limit > 0 ? await this.redis.zrevrange(all, offset, offset + limit - 1) : [];
    const runs = await Promise.all(
      ids.map((id) =>
        this.get(id).catch((error: unknown) => {
          if (!(error instanceof UnsupportedRunError)) throw error;
        }),
      ),
    );
    return runs.flatMap((run) => run ?? []);
  }

  /** Returns the ids of the runs that are over and selected dead letters of a phone. */
  async endedOf(phone: string): Promise<string[]> {
    const runs = await this.list(Number.MAX_SAFE_INTEGER);
    return runs.filter((run) => isOver(run) && run.filter.phone === phone).map(({ id }) => id);
  }

  /** Removes the runs that are over and selected dead letters of a phone. Returns how many. */
  async eraseEndedOf(phone: string): Promise<number> {
    const ids = await this.endedOf(phone);
    for (const id of ids) await this.redis.del(this.key(id), `${this.key(id)}:kept`);
    if (ids.length > 0) await this.redis.zrem(`${this.base}:runs`, ...ids);
    return ids.length;
  }

  /** Returns the ids of the runs that are not over. */
  async open(): Promise<string[]> {
    return this.redis.smembers(`${this.base}:runs:open`);
  }

  /** Cancels a run that is not over. Returns its state afterwards, `undefined` when there is no such run. */
  async cancel(id: string): Promise<RunState | undefined> {
    return this.end(id, 'cancelled');
  }

  /** Moves a waiting run to `running`. Returns its state afterwards, `undefined` when there is no such run. */
  async start(id: string): Promise<RunState | undefined> {
    return stateOf(await this.redis.optoutRunStart(this.base, id, Date.now()));
  }

  /** Claims the next dead letters of a run. Also returns the state of the run, and whether there may be more. */
  async claim(
    { id, filter }: Pick<ReplayRun, 'id' | 'filter'>,
    limit: number,
  ): Promise<{ state: RunState | undefined; more: boolean; deadLetters: StoredDeadLetter[] }> {
    const [state, more, ...rows] = await this.redis.optoutRunClaim(
      this.base,
      id,
      limit,
      ...queryArgs(filter),
    );
    return { state: stateOf(state), more: more === '1', deadLetters: fromRows(rows, id) };
  }

  /** Returns the dead letters that the run still has claimed: a worker crashed, or the reply to a claim was lost. */
  async reclaim(id: string): Promise<StoredDeadLetter[]> {
    return fromRows(await this.redis.optoutRunReclaim(this.base, id), id);
  }

  /**
   * Ends claims. A dead letter with a `skipReason` was not requeued and stays; the others were, and are removed. Their attempts are
   * stored for a week, in case their jobs fail again.
   */
  async ack(
    id: string,
    claims: readonly (Pick<StoredDeadLetter, 'id' | 'deadLetter'> & { skipReason?: string | undefined })[],
  ): Promise<void> {
    if (claims.length === 0) return;
    const args = claims.flatMap(({ id: claimed, skipReason = '', deadLetter }) => {
      const { attempts, firstFailedAt } = deadLetter;
      return [claimed, skipReason, JSON.stringify({ attempts, firstFailedAt })];
    });
    await this.redis.optoutRunAck(this.base, id, EARLIER_TTL_SECONDS, ...args);
  }

  /** Ends all claims of the run and leaves the dead letters unchanged. */
  async release(id: string): Promise<void> {
    await this.redis.optoutRunRelease(this.base, id);
  }

  /** Finishes a running run. Returns its state afterwards, `undefined` when there is no such run. */
  async finish(id: string): Promise<RunState | undefined> {
    return this.end(id, 'finished');
  }

  /**
   * Counts how jobs, or events of a job, that the run requeued ended.
   *
   * @param ended.replayOf the id of the dead letter that it was, if it succeeded
   */
  async recordOutcomes(
    id: string,
    ended: readonly { readonly outcome: string; readonly replayOf?: string | undefined }[],
  ): Promise<void> {
    const args = ended.flatMap(({ outcome, replayOf = '' }) => [outcome, replayOf]);
    await this.redis.optoutRunRecordOutcomes(this.base, id, EARLIER_TTL_SECONDS, ...args);
  }

  private async end(id: string, state: 'finished' | 'cancelled'): Promise<RunState | undefined> {
    return stateOf(await this.redis.optoutRunEnd(this.base, id, state, Date.now(), RUN_TTL_SECONDS));
  }

  private key(id: string): string {
    return `${this.base}:run:${id}`;
  }
}

const stateOf = (state: string): RunState | undefined => (state === '' ? undefined : (state as RunState));

function fromRows(rows: readonly string[], run: string): StoredDeadLetter[] {
  const deadLetters: StoredDeadLetter[] = [];
  for (let i = 0; i + 1 < rows.length; i += 2) {
    deadLetters.push({ id: rows[i] ?? '', deadLetter: parseDeadLetter(rows[i + 1] ?? ''), run });
  }
  return deadLetters;
}

/**
 * Returns a new id for a run.
 *
 * @param once with the same text it is the same id
 */
export function newRunId(once?: string): string {
  const bytes =
    once === undefined ? randomBytes(5) : createHash('sha256').update(once).digest().subarray(0, 16);
  return `run-${bytes.toString('hex')}`;
}

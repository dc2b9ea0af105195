import { z } from 'zod';
import { jsonText } from '../domain/json-text';
import { DeadLetterFilter } from './dead-letter-filter';

export const RunState = z.enum(['waiting', 'running', 'finished', 'cancelled']);
export type RunState = z.infer<typeof RunState>;

/** A replay of the dead letters that met a filter when the run was created. Times in ms since 1970. */
export interface ReplayRun {
  readonly id: string;
  readonly state: RunState;
  readonly by: string;
  readonly why: string;
  readonly filter: DeadLetterFilter;
  /** Dead letters per second at most; without it there is no limit. */
  readonly rate?: number;
  /** Dead letters that met the filter when the run was created. */
  readonly total: number;
  /** Those that were requeued. */
  readonly done: number;
  /** Those that cannot be requeued and stay. `ReplayRuns.skipReasons` returns the reasons, of 1,000 at most. */
  readonly failed: number;
  /** Set once the run is over: those not reached, or replayed or discarded by others, or failed again before their turn. */
  readonly skipped: number;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Requeued jobs that have ended, by outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** A run of a newer version, with a term of the filter or a word that this version does not know. */
export class UnsupportedRunError extends Error {
  constructor(
    readonly id: string,
    /** In ms since 1970, where it is known. */
    readonly createdAt: number | undefined,
  ) {
    super(`replay run ${id} was created by a newer version`);
  }
}

/** Without the terms that it does not know, a filter would select more than was asked for. */
const KnownFilter = DeadLetterFilter.strict();
const count = z.coerce.number().default(0);
const time = z.coerce.number().optional();

const Fields = z.object({
  state: RunState,
  by: z.string(),
  why: z.string(),
  filter: jsonText(KnownFilter),
  rate: z.coerce.number().optional(),
  total: count,
  done: count,
  failed: count,
  createdAt: z.coerce.number(),
  startedAt: time,
  endedAt: time,
});

/**
 * Reads the hash of a run; `undefined` when it is empty, that is, when there is no such run.
 *
 * @throws {UnsupportedRunError} for a hash that a newer version wrote, or that is damaged
 */
export function parseRun(id: string, hash: Readonly<Record<string, string>>): ReplayRun | undefined {
  if (Object.keys(hash).length === 0) return undefined;
  const parsed = Fields.safeParse(hash);
  if (!parsed.success) {
    const createdAt = Number(hash.createdAt);
    throw new UnsupportedRunError(id, Number.isFinite(createdAt) ? createdAt : undefined);
  }
  const run = parsed.data;
  const outcomes = Object.fromEntries(
    Object.entries(hash).flatMap(([field, value]) =>
      field.startsWith('outcome:') ? [[field.slice('outcome:'.length), Number(value)]] : [],
    ),
  );
  const skipped = isOver(run) ? Math.max(0, run.total - run.done - run.failed) : 0;
  return { id, ...run, skipped, outcomes };
}

export function isOver({ state }: Pick<ReplayRun, 'state'>): boolean {
  return state === 'finished' || state === 'cancelled';
}

import { z } from 'zod';
import { DeadLetterFilter } from './dead-letter-filter';

export const RunState = z.enum(['waiting', 'running', 'finished', 'cancelled']);
export type RunState = z.infer<typeof RunState>;

/** A replay of all letters that met a filter when it was made. Times in ms since 1970. */
export interface ReplayRun {
  readonly id: string;
  readonly state: RunState;
  readonly by: string;
  readonly why: string;
  readonly filter: DeadLetterFilter;
  /** Letters a second at most; without it as fast as it goes. */
  readonly rate?: number;
  /** Letters that met the filter when it was made. */
  readonly total: number;
  /** Those put back to work. */
  readonly done: number;
  /** Those that cannot be, and stay; why of each, of 1,000 at most, is in `kept`. */
  readonly failed: number;
  /** Once it is over: those that it did not come to, or that others replayed or discarded, or that failed again before. */
  readonly skipped: number;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** How what was put back to work ended, as far as it has. */
  readonly outcomes: Readonly<Record<string, number>>;
}

const count = z.coerce.number().default(0);
const time = z.coerce.number().optional();

const Fields = z.object({
  state: RunState,
  by: z.string(),
  why: z.string(),
  filter: z.string().transform((json) => DeadLetterFilter.parse(JSON.parse(json))),
  rate: z.coerce.number().optional(),
  total: count,
  done: count,
  failed: count,
  createdAt: z.coerce.number(),
  startedAt: time,
  endedAt: time,
});

/** Reads a run's hash; undefined when there is none. */
export function parseRun(id: string, hash: Readonly<Record<string, string>>): ReplayRun | undefined {
  if (Object.keys(hash).length === 0) return undefined;
  const run = Fields.parse(hash);
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

import type { Cluster, Redis, Result } from 'ioredis';
import { z } from 'zod';
import { loadScript } from '../redis/load-script';
import { DriftKind } from './drift';

/** Arguments and results are documented at the head of the `.lua` file. */
declare module 'ioredis' {
  interface RedisCommander<Context> {
    optoutUpdatePass(...args: (string | number)[]): Result<number, Context>;
  }
}

const UPDATE = loadScript(`${__dirname}/scripts`, 'update-pass.lua');

export function definePassUpdate(redis: Redis | Cluster): void {
  redis.defineCommand('optoutUpdatePass', { numberOfKeys: 1, lua: UPDATE });
}

const count = z.coerce.number();

/** What a pass over the ledger finds: people who differ, and events that waited without a sync job (`unapplied`). */
const FoundKind = z.enum([...DriftKind.options, 'unapplied']);
type FoundKind = z.infer<typeof FoundKind>;

/** The fields that all passes store. A pass of an older version lacks the counts. */
export const progressFields = {
  /** Where the pass continues; '' at its beginning. */
  cursor: z.string().default(''),
  /** How many entries the pass has examined. */
  examined: count.default(0),
  /** How many phones it has asked to compare. */
  requested: count.default(0),
  /** How many comparisons that it asked for have ended. */
  checked: count.default(0),
  /** Entries that the pass reached and that Customer.io has never been read for, the comparisons of this pass included. */
  unverified: count.transform((n) => Math.max(0, n)).default(0),
  /**
   * Phones with a person who holds another value and was written to within the last minute: whether that is drift or lag cannot be
   * told yet.
   */
  settling: count.default(0),
  /** Whether the whole ledger has been walked, so that only comparisons are awaited. */
  walked: z
    .enum(['0', '1'])
    .default('0')
    .transform((flag) => flag === '1'),
};

/** People, or phones where the kind is `unapplied`, by kind. */
export type PassCounts = Readonly<Record<FoundKind, number>>;

/** Reads the counts of one group from the hash of a pass. */
export function countsOf(hash: Readonly<Record<string, string>>, group: 'found' | 'repaired'): PassCounts {
  return Object.fromEntries(
    FoundKind.options.map((kind) => [kind, Number(hash[`${group}:${kind}`] ?? 0)]),
  ) as Record<FoundKind, number>;
}

/** The fields with which a pass begins. */
export const AT_BEGINNING: Readonly<Record<string, string | number>> = {
  cursor: '',
  examined: 0,
  requested: 0,
  checked: 0,
  unverified: 0,
  settling: 0,
  walked: '0',
  ...Object.fromEntries(
    FoundKind.options.flatMap((kind) => [
      [`found:${kind}`, 0],
      [`repaired:${kind}`, 0],
    ]),
  ),
};

/** A field of a pass, and what to add to it. */
export type PassCount = readonly [
  field: 'checked' | 'unverified' | 'settling' | `${'found' | 'repaired'}:${FoundKind}`,
  n: number,
];

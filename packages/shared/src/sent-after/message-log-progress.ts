import type { Cluster, Redis, Result } from 'ioredis';
import { z } from 'zod';
import { loadScript } from '../redis/load-script';
import { sentAfterKey } from './keys';

/** Arguments and results are documented at the head of each `.lua` file. */
declare module 'ioredis' {
  interface RedisCommander<Context> {
    optoutLogAdvance(key: string, ...args: (string | number)[]): Result<number, Context>;
  }
}

const ADVANCE = loadScript(`${__dirname}/scripts`, 'advance.lua');

/** What ends later than this after now was stored by a clock of Redis that has been set back, in ms. */
const MOST_AHEAD_MS = 60_000;

const Span = z.object({ since: z.number(), until: z.number() });
/** The part of an account's message log that has been compared with the ledger, in ms since 1970. */
export type CheckedSpan = z.infer<typeof Span>;

/**
 * How far the message log of each account has been read, shared by all workers: the one that takes over continues.
 *
 * In Redis: the hash `<prefix>:{sent-after}:log`, `<account>` -> `{"since":...,"until":...}`.
 */
export class MessageLogProgress {
  private readonly key: string;

  constructor(
    private readonly redis: Redis | Cluster,
    prefix: string,
  ) {
    this.key = sentAfterKey(prefix, 'log');
    redis.defineCommand('optoutLogAdvance', { numberOfKeys: 1, lua: ADVANCE });
  }

  /**
   * Returns what has been read of an account's log. One that was never read begins at `now`.
   *
   * @param periodMs from one reading to the next: so much is read again where the clock was set back since
   */
  async begin(account: string, now: number, periodMs = 0): Promise<CheckedSpan> {
    await this.redis.hsetnx(this.key, account, JSON.stringify({ since: now, until: now }));
    const stored = await this.redis.hget(this.key, account);
    const span = parse(stored) ?? { since: now, until: now };
    if (stored === null || span.until <= now + MOST_AHEAD_MS) return span;
    const until = now - periodMs;
    const again = { since: Math.min(span.since, until), until };
    await this.redis.optoutLogAdvance(this.key, account, stored, JSON.stringify(again));
    return again;
  }

  /**
   * Stores that the log has been read up to `until`.
   *
   * @param before what had been read before. Where another worker has read on since, nothing is stored
   * @returns whether it was stored
   */
  async advance(account: string, before: CheckedSpan, until: number): Promise<boolean> {
    const after = JSON.stringify({ since: before.since, until });
    return (await this.redis.optoutLogAdvance(this.key, account, JSON.stringify(before), after)) === 1;
  }

  /** Returns what has been read, by account. An entry of a later form is left out. */
  async readAll(): Promise<ReadonlyMap<string, CheckedSpan>> {
    const all = Object.entries(await this.redis.hgetall(this.key));
    return new Map(
      all.flatMap(([account, text]) => {
        const span = parse(text);
        return span ? [[account, span] as const] : [];
      }),
    );
  }
}

function parse(text: string | null): CheckedSpan | undefined {
  try {
    return Span.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
}

import type { Cluster, Redis, Result } from 'ioredis';
import { z } from 'zod';
import { Channel, E164 } from '../domain/phone';
import { MessageSid } from '../domain/twilio-ids';
import { ADD, DONE, PAGE } from './scripts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    optoutReviewAdd(...args: (string | number)[]): Result<number, Context>;
    optoutReviewDone(...args: (string | number)[]): Result<number, Context>;
    optoutReviewPage(...args: (string | number)[]): Result<[number, string[]], Context>;
  }
}

/** A message worded like an opt-out, for a person to look at. `phrase` names the rule that found it. */
export const ReviewEntry = z.object({
  workspace: z.string().min(1),
  channel: Channel,
  phone: E164,
  sender: z.string(),
  messageSid: MessageSid,
  phrase: z.string().optional(),
  /** In ms since 1970. */
  receivedAt: z.number(),
});
export type ReviewEntry = z.infer<typeof ReviewEntry>;

/** How long a message that was looked at is known as such; Twilio delivers again for 4 hours at most. */
const DONE_WINDOW_MS = 30 * 86_400_000;

/**
 * The messages that wait for a person's look. In Redis: `<prefix>:{review}`, a sorted set of sids by `receivedAt`; what
 * they are in the hash `...:entries`; and those looked at in the last 30 days, by when, in `...:done`.
 *
 * A message stands in it once and is not put back after it was looked at, however often and by whichever way it is
 * delivered, for 30 days: so `add` is safe to repeat.
 */
export class ReviewList {
  private readonly keys: readonly [string, string, string];

  /** @param now the clock, in ms since 1970 */
  constructor(
    private readonly redis: Redis | Cluster,
    prefix: string,
    private readonly now: () => number = Date.now,
  ) {
    const key = `${prefix}:{review}`;
    this.keys = [key, `${key}:entries`, `${key}:done`];
    redis.defineCommand('optoutReviewAdd', { numberOfKeys: 3, lua: ADD });
    redis.defineCommand('optoutReviewDone', { numberOfKeys: 3, lua: DONE });
    redis.defineCommand('optoutReviewPage', { numberOfKeys: 2, lua: PAGE });
  }

  /** Resolves with whether it was new. */
  async add(entry: ReviewEntry): Promise<boolean> {
    const json = JSON.stringify(ReviewEntry.parse(entry));
    return (await this.redis.optoutReviewAdd(...this.keys, entry.messageSid, entry.receivedAt, json)) === 1;
  }

  /** A page of 1,000 at most, the oldest first, and how many there are in all. */
  async list(page: {
    readonly offset: number;
    readonly limit: number;
  }): Promise<{ entries: ReviewEntry[]; total: number }> {
    const [list, entries] = this.keys;
    const [total, rows] = await this.redis.optoutReviewPage(
      list,
      entries,
      page.offset,
      Math.min(page.limit, 1_000),
    );
    return { entries: rows.map(parseEntry), total };
  }

  async get(messageSid: string): Promise<ReviewEntry | undefined> {
    const row = await this.redis.hget(this.keys[1], messageSid);
    return row === null ? undefined : parseEntry(row);
  }

  /** Takes a message off the list. Resolves with whether it stood there. */
  async done(messageSid: string): Promise<boolean> {
    const now = this.now();
    return (await this.redis.optoutReviewDone(...this.keys, messageSid, now, now - DONE_WINDOW_MS)) === 1;
  }
}

function parseEntry(row: string): ReviewEntry {
  return ReviewEntry.parse(JSON.parse(row));
}

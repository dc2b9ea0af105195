import type { Cluster, Redis, Result } from 'ioredis';
import { z } from 'zod';
import { Channel, E164 } from '../domain/phone';
import { MessageSid } from '../domain/twilio-ids';
import { loadScript } from '../redis/load-script';

/** Arguments and results are documented at the head of each `.lua` file. */
declare module 'ioredis' {
  interface RedisCommander<Context> {
    optoutReviewAdd(...args: (string | number)[]): Result<number, Context>;
    optoutReviewDone(...args: (string | number)[]): Result<number, Context>;
    optoutReviewPage(...args: (string | number)[]): Result<[number, string[], (string | null)[]], Context>;
  }
}

const SCRIPTS = `${__dirname}/scripts`;
const ADD = loadScript(SCRIPTS, 'add.lua');
const DONE = loadScript(SCRIPTS, 'done.lua');
const PAGE = loadScript(SCRIPTS, 'page.lua');

/** A message worded like an opt-out, for a person to review. `phrase` names the rule that matched it. */
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

/** How long a reviewed message is not added again. Twilio delivers a message again for 4 hours at most. */
const DONE_WINDOW_MS = 30 * 86_400_000;
const MAX_PAGE_SIZE = 1_000;

/**
 * The messages that wait for a person's review. In Redis: `<prefix>:{review}`, a sorted set of MessageSids by `receivedAt`;
 * `...:entries`, a hash with their entries; `...:done`, the messages reviewed in the last 30 days.
 *
 * Guarantee: the list holds a message once. For 30 days after its review the message is not added again, however often and
 * by whichever source it is delivered, so `add` is safe to repeat.
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

  /**
   * @returns whether the message was added
   * @throws {ZodError} for an invalid entry
   */
  async add(entry: ReviewEntry): Promise<boolean> {
    const json = JSON.stringify(ReviewEntry.parse(entry));
    return (await this.redis.optoutReviewAdd(...this.keys, entry.messageSid, entry.receivedAt, json)) === 1;
  }

  /**
   * Returns a page of at most 1,000 entries, the oldest first, and how many the list holds. `unreadable` has the MessageSids of those
   * on the page that a later release wrote or that are damaged.
   */
  async list(page: {
    readonly offset: number;
    readonly limit: number;
  }): Promise<{ entries: ReviewEntry[]; unreadable: string[]; total: number }> {
    const [list, entries] = this.keys;
    const limit = Math.min(page.limit, MAX_PAGE_SIZE);
    const [total, sids, rows] = await this.redis.optoutReviewPage(list, entries, page.offset, limit);
    const parsed = rows.map(parseEntry);
    return {
      entries: parsed.filter((entry) => entry !== undefined),
      unreadable: sids.filter((_, n) => !parsed[n]),
      total,
    };
  }

  /** Returns a message on the list; `undefined` also for one that cannot be read. */
  async get(messageSid: string): Promise<ReviewEntry | undefined> {
    return parseEntry(await this.redis.hget(this.keys[1], messageSid));
  }

  /** Whether the list holds a message, also one that cannot be read. */
  async has(messageSid: string): Promise<boolean> {
    return (await this.redis.zscore(this.keys[0], messageSid)) !== null;
  }

  /** Takes a message off the list. Returns whether the list held it. */
  async done(messageSid: string): Promise<boolean> {
    const now = this.now();
    return (await this.redis.optoutReviewDone(...this.keys, messageSid, now, now - DONE_WINDOW_MS)) === 1;
  }
}

function parseEntry(row: string | null): ReviewEntry | undefined {
  try {
    return ReviewEntry.safeParse(JSON.parse(row ?? '')).data;
  } catch {
    return undefined;
  }
}

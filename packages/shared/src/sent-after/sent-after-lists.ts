import type { Cluster, Redis, Result } from 'ioredis';
import { z } from 'zod';
import { Channel, E164 } from '../domain/phone';
import { SENT_AFTER, type SentAfter } from '../domain/sent-after';
import type { Subject } from '../domain/subject';
import { MessageSid } from '../domain/twilio-ids';
import { loadScript } from '../redis/load-script';
import { sentAfterKey } from './keys';

/** Arguments and results are documented at the head of each `.lua` file. */
declare module 'ioredis' {
  interface RedisCommander<Context> {
    optoutSentAfterAdd(...args: (string | number)[]): Result<number, Context>;
    optoutSentAfterErase(...args: string[]): Result<number, Context>;
  }
}

const SCRIPTS = `${__dirname}/scripts`;
const ADD = loadScript(SCRIPTS, 'add.lua');
const ERASE = loadScript(SCRIPTS, 'erase.lua');

/** An outbound message that left after an opt-out of its recipient. Times in ms since 1970. */
export const SentAfterEntry = z.object({
  messageSid: MessageSid,
  relation: z.enum(SENT_AFTER),
  workspace: z.string(),
  channel: Channel,
  phone: E164,
  accountSid: z.string(),
  /** The Messaging Service of the message, else our number. */
  sender: z.string(),
  /** Our number. */
  from: z.string(),
  /** By Twilio's clock, to the second. */
  sentAt: z.number(),
  /** As Twilio wrote it when it was found. */
  status: z.string(),
  /** The opt-out that it was sent after. */
  optOut: z.object({ messageSid: MessageSid, sender: z.string(), occurredAt: z.number() }),
  foundAt: z.number(),
});
export type SentAfterEntry = z.infer<typeof SentAfterEntry>;

/** Of each relation: about 30 MB. */
const MAX_ENTRIES = 50_000;
/** Ten years, as long as an opt-out has to hold in Virginia. */
const RETENTION_MS = 10 * 366 * 86_400_000;
/** Longer than any part of the log is read again. */
const CONFIRMATION_SECONDS = 7 * 86_400;

/** No message of the list is the one that a cursor names: it is mistyped, or the message was removed since. */
export class SentAfterCursorError extends Error {
  constructor() {
    super(
      'the cursor is not valid: it is mistyped, or its message was removed since; start over without a cursor',
    );
    this.name = 'SentAfterCursorError';
  }
}

export interface SentAfterPage {
  /** The latest first. */
  readonly entries: readonly SentAfterEntry[];
  /** The MessageSids of those that a later release wrote or that are damaged. */
  readonly unreadable: readonly string[];
  /** The cursor of the next page; missing on the last one. */
  readonly next?: string;
}

/**
 * The messages that were sent after an opt-out, a list for each relation.
 *
 * In Redis, in one cluster slot: `<prefix>:{sent-after}:<relation>`, a sorted set of MessageSids by `sentAt`; `...:entries`, a hash with
 * their entries; `...:phones`, a sorted set to find those of a phone. `<prefix>:{sent-after}:confirmation:<opt-out>`: the MessageSid of its
 * confirmation, for a week.
 *
 * A list holds a message once, so `add` is safe to repeat. It holds the latest 50,000, for ten years.
 */
export class SentAfterLists {
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
    /** Of each relation; tests replace it. */
    private readonly maxEntries = MAX_ENTRIES,
  ) {
    redis.defineCommand('optoutSentAfterAdd', { numberOfKeys: 3, lua: ADD });
    redis.defineCommand('optoutSentAfterErase', { numberOfKeys: 3, lua: ERASE });
  }

  /** @returns whether the message was added: the list did not hold it */
  async add(entry: SentAfterEntry): Promise<boolean> {
    const of = memberOf(entry);
    const { messageSid, relation, sentAt, foundAt } = entry;
    const added = await this.redis.optoutSentAfterAdd(
      ...this.keysOf(relation),
      messageSid,
      sentAt,
      JSON.stringify({ ...entry, of }),
      of,
      this.maxEntries,
      foundAt - RETENTION_MS,
    );
    return added === 1;
  }

  /**
   * Makes a message the confirmation of an opt-out, unless another one is.
   *
   * @returns the MessageSid of the confirmation, and whether it is new
   */
  async confirm(
    optOut: string,
    messageSid: string,
  ): Promise<{ readonly messageSid: string; isNew: boolean }> {
    const key = sentAfterKey(this.prefix, `confirmation:${optOut}`);
    const isNew = (await this.redis.set(key, messageSid, 'EX', CONFIRMATION_SECONDS, 'NX')) === 'OK';
    return { messageSid: isNew ? messageSid : ((await this.redis.get(key)) ?? messageSid), isNew };
  }

  /**
   * Returns a page of one relation, the latest message first. One that is added or removed meanwhile may be missing.
   *
   * @param span of `sentAt`, in ms since 1970, inclusive
   * @param cursor `next` of the page before
   * @throws {SentAfterCursorError} for a cursor that names no message of the list
   */
  async page(
    relation: SentAfter,
    {
      limit,
      cursor,
      since = 0,
      until = Infinity,
    }: {
      readonly limit: number;
      readonly cursor?: string | undefined;
      readonly since?: number | undefined;
      readonly until?: number | undefined;
    },
  ): Promise<SentAfterPage> {
    const [list] = this.keysOf(relation);
    const rank = cursor === undefined ? undefined : await this.redis.zrevrank(list, cursor);
    if (rank === null) throw new SentAfterCursorError();
    const [max, min] = [until === Infinity ? '+inf' : until, since];
    const newer = until === Infinity ? 0 : await this.redis.zcount(list, `(${String(until)}`, '+inf');
    const offset = rank === undefined ? 0 : Math.max(0, rank + 1 - newer);
    const sids = await this.redis.zrevrangebyscore(list, max, min, 'LIMIT', offset, limit + 1);
    const shown = sids.slice(0, limit);
    const next = sids.length > limit ? shown.at(-1) : undefined;
    return { ...(await this.read(relation, shown)), ...(next !== undefined && { next }) };
  }

  /** Returns the messages to a phone, of both relations, the latest first. */
  async ofPhone(subject: Subject): Promise<SentAfterEntry[]> {
    const of = memberOf(subject);
    const found = await Promise.all(
      SENT_AFTER.map(async (relation) => {
        const members = await this.redis.zrangebylex(this.keysOf(relation)[2], `[${of}|`, `(${of}}`);
        const { entries } = await this.read(
          relation,
          members.map((member) => member.slice(of.length + 1)),
        );
        return entries;
      }),
    );
    return found.flat().sort((a, b) => b.sentAt - a.sentAt);
  }

  /** Returns how many messages a list holds that were sent at `since` or later, in ms since 1970. */
  count(relation: SentAfter, since = 0): Promise<number> {
    return this.redis.zcount(this.keysOf(relation)[0], since, '+inf');
  }

  /** Removes the messages to a phone. Returns how many there were. */
  async erase(subject: Subject): Promise<number> {
    const erased = await Promise.all(
      SENT_AFTER.map((relation) =>
        this.redis.optoutSentAfterErase(...this.keysOf(relation), memberOf(subject)),
      ),
    );
    return erased.reduce((sum, count) => sum + count, 0);
  }

  private async read(
    relation: SentAfter,
    sids: readonly string[],
  ): Promise<Pick<SentAfterPage, 'entries' | 'unreadable'>> {
    if (sids.length === 0) return { entries: [], unreadable: [] };
    const rows = await this.redis.hmget(this.keysOf(relation)[1], ...sids);
    const parsed = rows.map(parseEntry);
    return {
      entries: parsed.filter((entry) => entry !== undefined),
      unreadable: sids.filter((_, n) => !parsed[n]),
    };
  }

  private keysOf(relation: SentAfter): [list: string, entries: string, phones: string] {
    const list = sentAfterKey(this.prefix, relation);
    return [list, `${list}:entries`, `${list}:phones`];
  }
}

const memberOf = ({ workspace, channel, phone }: Subject): string => `${workspace}:${channel}:${phone}`;

function parseEntry(row: string | null): SentAfterEntry | undefined {
  try {
    return SentAfterEntry.safeParse(JSON.parse(row ?? '')).data;
  } catch {
    return undefined;
  }
}

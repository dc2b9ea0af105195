import { createHash } from 'node:crypto';
import type { Cluster, Redis, Result } from 'ioredis';
import { e164Spellings } from '../domain/phone';
import type { Subject } from '../domain/subject';
import { redisTime } from '../redis/redis-time';
import { loadScript } from '../redis/load-script';
import { keysAsSpelled } from './keys';
import { uniteEntries, type EntryHash } from './unite-entries';
import { mergeNote } from './version-note';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    optoutReplaceEntry(entry: string, history: string, ...args: (string | number)[]): Result<number, Context>;
  }
}

const REPLACE = loadScript(`${__dirname}/scripts`, 'replace.lua');

/** Each is needed only when somebody changes one of the entries between a read and a write. */
const MAX_ATTEMPTS = 10;

/**
 * Merges the ledger entry under the other spelling of a number (see numbering-plans.ts) into that of the canonical one. A version
 * that knows one spelling writes such entries, and it may run beside this one.
 *
 *   both       1. the united entry is written under the canonical spelling, with a digest of the other one. -> merged
 *   merged     2. the other entry is deleted. -> one
 *   one        an old worker records a message under the other spelling. -> both
 *
 * The entries are in two slots of a cluster, so no script sees both. Each step happens only if its entry still is as it was
 * read; else it starts over. A crash in between leaves `merged`, where the digest says that the first step is done.
 */
export class TwinMerger {
  /** @param origin the short id of this build and configuration, noted with the version that a merge makes */
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
    private readonly origin: string,
  ) {
    redis.defineCommand('optoutReplaceEntry', { numberOfKeys: 2, lua: REPLACE });
  }

  /**
   * Merges what there is to merge. Safe to repeat and to run at the same time elsewhere. When somebody writes the entries all
   * the time, the rest is left to the next call.
   */
  async merge(subject: Subject): Promise<void> {
    const { own, other } = twinsOf(subject);
    if (!other || !(await this.exists(other))) return;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const stored = await this.read(other);
      if (isEmpty(stored)) return;
      if (!(await this.writeUnited(own, wholeOf(stored)))) continue;
      if (await this.replace(other, stored, {})) return;
    }
  }

  /** Whether there is an entry to merge. */
  async isDue(subject: Subject): Promise<boolean> {
    const { other } = twinsOf(subject);
    return other !== undefined && (await this.exists(other));
  }

  /** The entry with its history and with what is still to be merged; empty where there is none. Changes nothing. */
  async readUnited(subject: Subject): Promise<EntryHash> {
    const twins = twinsOf(subject);
    const own = wholeOf(await this.read(twins.own));
    const other = twins.other ? wholeOf(await this.read(twins.other)) : {};
    const isMerged = Object.keys(other).length === 0 || own.u === digestOf(other);
    return isMerged ? own : uniteEntries(own, other);
  }

  /** The first step. Returns whether the entry holds what the other one held. */
  private async writeUnited(own: Subject, other: EntryHash): Promise<boolean> {
    const stored = await this.read(own);
    const digest = digestOf(other);
    if (stored.entry.u === digest) return true;
    const united = uniteEntries(wholeOf(stored), other);
    const now = Math.floor(await redisTime(this.redis));
    // The next message that is recorded moves old ones to the history again.
    return this.replace(own, stored, {
      ...united,
      u: digest,
      [`v:${united.v ?? ''}`]: mergeNote(now, this.origin),
    });
  }

  /** Whether there is anything, by one request: for most messages there is nothing. */
  private async exists(subject: Subject): Promise<boolean> {
    const { entry, history } = keysAsSpelled(this.prefix, subject);
    return (await this.redis.exists(entry, history)) > 0;
  }

  private async read(subject: Subject): Promise<Stored> {
    const keys = keysAsSpelled(this.prefix, subject);
    const both = this.redis.multi().hgetall(keys.entry).hgetall(keys.history);
    const [entry, history] = ((await both.exec()) ?? []).map(([error, hash]) => {
      if (error) throw error;
      return hash as EntryHash;
    });
    return { entry: entry ?? {}, history: history ?? {} };
  }

  private async replace(subject: Subject, { entry, history }: Stored, next: EntryHash): Promise<boolean> {
    const [fields, older] = [Object.entries(entry), Object.entries(history)];
    const args = [fields.length, older.length, ...[...fields, ...older, ...Object.entries(next)].flat()];
    const keys = keysAsSpelled(this.prefix, subject);
    return (await this.redis.optoutReplaceEntry(keys.entry, keys.history, ...args)) === 1;
  }
}

/** The two hashes of a subject, as they were read. */
interface Stored {
  readonly entry: EntryHash;
  readonly history: EntryHash;
}

const isEmpty = ({ entry, history }: Stored): boolean =>
  Object.keys(entry).length + Object.keys(history).length === 0;

/** The entry as if it had no history of its own: a message that is in both counts as it is in the entry. */
function wholeOf({ entry, history }: Stored): EntryHash {
  const fields = Object.entries({ ...history, ...entry });
  return Object.fromEntries(fields.filter(([field]) => field !== 'x' && field !== 'c'));
}

function twinsOf(subject: Subject): { readonly own: Subject; readonly other: Subject | undefined } {
  const [canonical, other] = e164Spellings(subject.phone);
  return { own: { ...subject, phone: canonical }, other: other && { ...subject, phone: other } };
}

function digestOf(entry: EntryHash): string {
  const fields = Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 16);
}

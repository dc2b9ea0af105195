import { createHash } from 'node:crypto';
import type { Cluster, Redis, Result } from 'ioredis';
import { e164Spellings } from '../domain/phone';
import type { Subject } from '../domain/subject';
import { loadScript } from '../redis/load-script';
import { uniteEntries, type EntryHash } from './unite-entries';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    optoutReplaceEntry(key: string, ...args: (string | number)[]): Result<number, Context>;
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
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly keyOf: (subject: Subject) => string,
  ) {
    redis.defineCommand('optoutReplaceEntry', { numberOfKeys: 1, lua: REPLACE });
  }

  /**
   * Merges what there is to merge. Safe to repeat and to run at the same time elsewhere. When somebody writes the entries all
   * the time, the rest is left to the next call.
   */
  async merge(subject: Subject): Promise<void> {
    const keys = this.keysOf(subject);
    if (!keys) return;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const other = await this.redis.hgetall(keys.other);
      if (Object.keys(other).length === 0) return;
      if (!(await this.writeUnited(keys.own, other))) continue;
      if (await this.replace(keys.other, other, {})) return;
    }
  }

  /** The entry with what is still to be merged; empty where there is none. Changes nothing. */
  async readUnited(subject: Subject): Promise<EntryHash> {
    const keys = this.keysOf(subject);
    if (!keys) return this.redis.hgetall(this.keyOf(subject));
    const [own, other] = await Promise.all([this.redis.hgetall(keys.own), this.redis.hgetall(keys.other)]);
    const isMerged = Object.keys(other).length === 0 || own.u === digestOf(other);
    return isMerged ? own : uniteEntries(own, other);
  }

  /** The first step. Returns whether the entry holds what the other one held. */
  private async writeUnited(key: string, other: EntryHash): Promise<boolean> {
    const own = await this.redis.hgetall(key);
    const digest = digestOf(other);
    if (own.u === digest) return true;
    return this.replace(key, own, { ...uniteEntries(own, other), u: digest });
  }

  private async replace(key: string, read: EntryHash, next: EntryHash): Promise<boolean> {
    const fields = Object.entries(read);
    const args = [fields.length, ...fields.flat(), ...Object.entries(next).flat()];
    return (await this.redis.optoutReplaceEntry(key, ...args)) === 1;
  }

  private keysOf(subject: Subject): { readonly own: string; readonly other: string } | undefined {
    const [canonical, other] = e164Spellings(subject.phone);
    if (other === undefined) return undefined;
    return {
      own: this.keyOf({ ...subject, phone: canonical }),
      other: this.keyOf({ ...subject, phone: other }),
    };
  }
}

function digestOf(entry: EntryHash): string {
  const fields = Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 16);
}

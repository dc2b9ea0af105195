import type { Cluster, Redis } from 'ioredis';
import { Channel, E164 } from '../domain/phone';
import type { Subject } from '../domain/subject';
import { UnreadableEntryError, type LedgerEntry } from './ledger-entry';
import { readEntries } from './read-entries';
import { MAX_PER_SCAN, walkKeys } from './walk-keys';

export interface ListedEntry {
  readonly subject: Subject;
  readonly entry: LedgerEntry;
}

export interface ListOptions {
  readonly workspace?: string;
  readonly channel?: Channel;
  readonly matches: (listed: ListedEntry) => boolean;
  /** How many to return. The page may hold a few more: the result of a SCAN call is not split. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

export interface EntryPage {
  readonly entries: readonly ListedEntry[];
  /** Those whose entries cannot be read; see `UnreadableEntryError`. */
  readonly unreadable: readonly Subject[];
  /** How many entries were examined, matching or not. */
  readonly examined: number;
  /** The cursor of the next page; absent on the last one. An empty page may have one, because the work for a page is bounded. */
  readonly next: string | undefined;
}

/**
 * Returns one page of the ledger, in no order. Needs no index: it runs SCAN on one master after the other. Guarantee: an
 * entry that exists from the first page to the last is listed at least once, and more often when Redis resizes its hash table
 * meanwhile. An entry that is created or removed meanwhile may be missing. A cursor is valid on the servers that issued it
 * only, because each server has its own order.
 *
 * @throws {CursorError} for a cursor that is not valid
 */
export async function listEntries(
  redis: Redis | Cluster,
  ledgerPrefix: string,
  { workspace, channel, matches, limit, cursor }: ListOptions,
): Promise<EntryPage> {
  const found = new Map<string, ListedEntry>();
  const unreadable = new Map<string, Subject>();
  const walk = { cursor, step: Math.min(limit, MAX_PER_SCAN) };
  const { examined, next } = await walkKeys(
    redis,
    keyPattern(ledgerPrefix, workspace, channel),
    walk,
    async (keys, step) => {
      const before = found.size;
      // Read through the cluster, not through the connection of the node: a slot may be moving.
      const entries = await readEntries(redis, keys);
      for (const [n, key] of keys.entries()) {
        const [subject, entry] = [parseSubject(key.slice(ledgerPrefix.length)), entries[n]];
        // A key that is gone, or of another form.
        if (!subject || !entry) continue;
        if (entry instanceof UnreadableEntryError) unreadable.set(key, subject);
        else if (matches({ subject, entry })) found.set(key, { subject, entry });
      }
      if (found.size >= limit) return 0;
      return Math.min(MAX_PER_SCAN, found.size === before ? step * 2 : limit - found.size);
    },
  );
  return { entries: [...found.values()], unreadable: [...unreadable.values()], examined, next };
}

/** The pattern of the keys of entries. */
export function keyPattern(ledgerPrefix: string, workspace?: string, channel?: string): string {
  const ofWorkspace = workspace === undefined ? '*' : escapeGlob(workspace);
  return `${escapeGlob(ledgerPrefix)}{${ofWorkspace}:${channel ?? '*'}:*`;
}

/** Parses what follows the prefix in the key of an entry; `undefined` for another form. */
export function parseSubject(text: string): Subject | undefined {
  const [, workspace = '', channel, phone] = /^\{([^:]+):([^:]+):(.+)\}$/.exec(text) ?? [];
  const [parsedChannel, parsedPhone] = [Channel.safeParse(channel), E164.safeParse(phone)];
  if (!parsedChannel.success || !parsedPhone.success) return undefined;
  // As it is spelled: an entry under another spelling of its number is not merged yet.
  return { workspace, channel: parsedChannel.data, phone: phone as E164 };
}

const escapeGlob = (text: string): string => text.replaceAll(/[\\*?[\]]/g, '\\$&');

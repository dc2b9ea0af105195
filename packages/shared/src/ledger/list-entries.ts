import { createHash } from 'node:crypto';
import { Cluster, type Redis } from 'ioredis';
import { Channel, E164 } from '../domain/phone';
import type { Subject } from '../domain/subject';
import { UnreadableEntryError, parseLedgerEntry, type LedgerEntry } from './ledger-entry';

/** Keys that one SCAN call examines at most, and all calls of one page. */
const MAX_PER_SCAN = 500;
const MAX_PER_PAGE = 10_000;

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

/** The cursor is mistyped, or Redis was restarted or failed over since it was issued. The listing has to start over. */
export class CursorError extends Error {
  constructor() {
    super(
      'the cursor is not valid: it is mistyped, or Redis was restarted or failed over since; start over without a cursor',
    );
  }
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
  const masters = redis instanceof Cluster ? inOrder(redis.nodes('master')) : [redis];
  const servers = await fingerprintOf(masters);
  let { master, position } = cursor === undefined ? START : parseCursor(cursor, servers, masters.length);
  const pattern = keyPattern(ledgerPrefix, workspace, channel);
  const found = new Map<string, ListedEntry>();
  const unreadable = new Map<string, Subject>();
  let [examined, walked, step] = [0, 0, Math.min(limit, MAX_PER_SCAN)];
  for (
    let node = masters[master];
    node && found.size < limit && walked < MAX_PER_PAGE;
    node = masters[master]
  ) {
    const [next, keys] = await node.scan(position, 'MATCH', pattern, 'COUNT', step);
    const before = found.size;
    // Read through the cluster, not through the connection of the node: a slot may be moving.
    for (const [key, { subject, entry }] of await readEntries(redis, ledgerPrefix, keys)) {
      if (!entry) unreadable.set(key, subject);
      else if (matches({ subject, entry })) found.set(key, { subject, entry });
    }
    examined += keys.length;
    walked += step;
    step = Math.min(MAX_PER_SCAN, found.size === before ? step * 2 : Math.max(1, limit - found.size));
    if (next === '0') master++;
    position = next;
  }
  const next = master < masters.length ? `${servers}-${String(master)}-${position}` : undefined;
  return { entries: [...found.values()], unreadable: [...unreadable.values()], examined, next };
}

/** A key with its entry, which is missing when it cannot be read. */
type ReadEntry = [key: string, { readonly subject: Subject; readonly entry?: LedgerEntry }];

/** Reads the entries of these keys, and skips keys that are gone or have another form. */
async function readEntries(
  redis: Redis | Cluster,
  ledgerPrefix: string,
  keys: readonly string[],
): Promise<ReadEntry[]> {
  const hashes = await Promise.all(keys.map((key) => redis.hgetall(key)));
  return keys.flatMap((key, index): ReadEntry[] => {
    const subject = parseSubject(key.slice(ledgerPrefix.length));
    if (!subject) return [];
    try {
      const entry = parseLedgerEntry(hashes[index] ?? {});
      return entry ? [[key, { subject, entry }]] : [];
    } catch (error) {
      if (!(error instanceof UnreadableEntryError)) throw error;
      return [[key, { subject }]];
    }
  });
}

function keyPattern(
  ledgerPrefix: string,
  workspace: string | undefined,
  channel: string | undefined,
): string {
  const ofWorkspace = workspace === undefined ? '*' : escapeGlob(workspace);
  return `${escapeGlob(ledgerPrefix)}{${ofWorkspace}:${channel ?? '*'}:*`;
}

const START = { master: 0, position: '0' };

const inOrder = (nodes: readonly Redis[]): Redis[] =>
  nodes
    .map((node) => ({ node, address: `${node.options.host ?? ''}:${String(node.options.port)}` }))
    .sort((a, b) => (a.address < b.address ? -1 : 1))
    .map(({ node }) => node);

/** A hash of the servers' run ids: it changes when a server is replaced or restarted. */
async function fingerprintOf(masters: readonly (Redis | Cluster)[]): Promise<string> {
  const infos = await Promise.all(masters.map((master) => master.info('server')));
  const runs = infos.map((info) => /^run_id:(\w+)/m.exec(info)?.[1] ?? '');
  return createHash('sha256').update(runs.join()).digest('hex').slice(0, 8);
}

function parseCursor(cursor: string, servers: string, masters: number): typeof START {
  const [, ofServers, master, position] = /^([0-9a-f]{8})-(\d+)-(\d+)$/.exec(cursor) ?? [];
  if (ofServers !== servers || position === undefined || Number(master) >= masters) throw new CursorError();
  return { master: Number(master), position };
}

function parseSubject(text: string): Subject | undefined {
  const [, workspace = '', channel, phone] = /^\{([^:]+):([^:]+):(.+)\}$/.exec(text) ?? [];
  const [parsedChannel, parsedPhone] = [Channel.safeParse(channel), E164.safeParse(phone)];
  if (!parsedChannel.success || !parsedPhone.success) return undefined;
  // As it is spelled: an entry under another spelling of its number is not merged yet.
  return { workspace, channel: parsedChannel.data, phone: phone as E164 };
}

const escapeGlob = (text: string): string => text.replaceAll(/[\\*?[\]]/g, '\\$&');

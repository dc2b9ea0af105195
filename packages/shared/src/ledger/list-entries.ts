import { createHash } from 'node:crypto';
import { Cluster, type Redis } from 'ioredis';
import { Channel, E164 } from '../domain/phone';
import type { Subject } from '../domain/subject';
import { parseLedgerEntry, type LedgerEntry } from './ledger-entry';

/** Keys that one step of the walk looks at, at most, and all steps of one page. */
const MOST_A_STEP = 500;
const MOST_A_PAGE = 10_000;

export interface ListedEntry {
  readonly subject: Subject;
  readonly entry: LedgerEntry;
}

export interface ListOptions {
  readonly workspace?: string;
  readonly channel?: Channel;
  readonly matches: (listed: ListedEntry) => boolean;
  /** How many are wanted. A few more may come: a step of the walk is given whole. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

export interface EntryPage {
  readonly entries: readonly ListedEntry[];
  /** How many entries were looked at, matching or not. */
  readonly looked: number;
  /** Where to go on; absent at the end. A page may be empty and yet have one: the work for a page is bounded. */
  readonly next: string | undefined;
}

/** The cursor is none of ours, or Redis was restarted or failed over since: the walk has to begin anew. */
export class CursorError extends Error {
  constructor() {
    super(
      'the cursor does not lead on: it is mistyped, or Redis was restarted or failed over since; begin anew',
    );
  }
}

/**
 * One page of a walk over the ledger, in no order. It needs no index: SCAN, master after master. What is there from the
 * first page to the last is listed, once or (when Redis grows its tables meanwhile) more often; what comes or goes
 * meanwhile may be. The place in the walk is good for the very servers it began on, since each has an order of its own.
 *
 * @throws CursorError
 */
export async function listEntries(
  redis: Redis | Cluster,
  ledgerPrefix: string,
  { workspace, channel, matches, limit, cursor }: ListOptions,
): Promise<EntryPage> {
  const masters = redis instanceof Cluster ? inOrder(redis.nodes('master')) : [redis];
  const servers = await fingerprintOf(masters);
  let { master, position } = cursor === undefined ? START : parseCursor(cursor, servers, masters.length);
  const ofWorkspace = workspace === undefined ? '*' : escapeGlob(workspace);
  const pattern = `${escapeGlob(ledgerPrefix)}{${ofWorkspace}:${channel ?? '*'}:*`;
  const found = new Map<string, ListedEntry>();
  let [looked, walked, step] = [0, 0, Math.min(limit, MOST_A_STEP)];
  for (
    let node = masters[master];
    node && found.size < limit && walked < MOST_A_PAGE;
    node = masters[master]
  ) {
    const [next, keys] = await node.scan(position, 'MATCH', pattern, 'COUNT', step);
    const before = found.size;
    // Not by the node's own connection: a slot may be moving, and a cluster follows.
    const hashes = await Promise.all(keys.map((key) => redis.hgetall(key)));
    for (const [index, key] of keys.entries()) {
      const subject = parseSubject(key.slice(ledgerPrefix.length));
      const entry = parseLedgerEntry(hashes[index] ?? {});
      if (subject && entry && matches({ subject, entry })) found.set(key, { subject, entry });
    }
    looked += keys.length;
    walked += step;
    step = Math.min(MOST_A_STEP, found.size === before ? step * 2 : Math.max(1, limit - found.size));
    if (next === '0') master++;
    position = next;
  }
  const next = master < masters.length ? `${servers}-${String(master)}-${position}` : undefined;
  return { entries: [...found.values()], looked, next };
}

const START = { master: 0, position: '0' };

const inOrder = (nodes: readonly Redis[]): Redis[] =>
  nodes
    .map((node) => ({ node, address: `${node.options.host ?? ''}:${String(node.options.port)}` }))
    .sort((a, b) => (a.address < b.address ? -1 : 1))
    .map(({ node }) => node);

/** Other servers, or the same ones started anew, have another one. */
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
  return { workspace, channel: parsedChannel.data, phone: parsedPhone.data };
}

const escapeGlob = (text: string): string => text.replaceAll(/[\\*?[\]]/g, '\\$&');

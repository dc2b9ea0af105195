import { createHash } from 'node:crypto';
import { Cluster, type Redis } from 'ioredis';

/** Keys that one SCAN call examines at most, and all calls of one page. */
export const MAX_PER_SCAN = 500;
const MAX_PER_PAGE = 10_000;

/** The cursor is mistyped, or Redis was restarted or failed over since it was issued. The listing has to start over. */
export class CursorError extends Error {
  constructor() {
    super(
      'the cursor is not valid: it is mistyped, or Redis was restarted or failed over since; start over without a cursor',
    );
  }
}

/**
 * Walks over the keys of ledger entries, in no order, by SCAN on one master after the other: 10,000 keys of Redis at most, of the
 * ledger or not. A cursor is valid on the servers that issued it only, because each server has its own order.
 *
 * @param pattern a glob pattern of the keys
 * @param walk.step how many keys the first SCAN call examines
 * @param visit gets the keys of a SCAN call; returns how many the next one is to examine, 0 to end here
 * @returns how many keys it got, and the cursor to go on with, which is undefined at the end
 * @throws {CursorError} for a cursor that is not valid
 */
export async function walkKeys(
  redis: Redis | Cluster,
  pattern: string,
  { cursor, step: first }: { readonly cursor?: string | undefined; readonly step: number },
  visit: (keys: readonly string[], step: number) => Promise<number>,
): Promise<{ readonly examined: number; readonly next: string | undefined }> {
  const masters = redis instanceof Cluster ? inOrder(redis.nodes('master')) : [redis];
  const servers = await fingerprintOf(masters);
  let { master, position } = cursor === undefined ? START : parseCursor(cursor, servers, masters.length);
  let [examined, walked, step] = [0, 0, first];
  for (let node = masters[master]; node && step > 0 && walked < MAX_PER_PAGE; node = masters[master]) {
    const [next, keys] = await node.scan(position, 'MATCH', pattern, 'COUNT', step);
    examined += keys.length;
    walked += step;
    step = await visit(keys, step);
    if (next === '0') master++;
    position = next;
  }
  const next = master < masters.length ? `${servers}-${String(master)}-${position}` : undefined;
  return { examined, next };
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

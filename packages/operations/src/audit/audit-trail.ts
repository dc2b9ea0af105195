import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';

/** The operations that the trail records. `discard` is written before a discard, `discarded` after it; `reveal` before whole
 * phones are shown. */
export const AuditAction = z.enum([
  'replay',
  'replay_cancel',
  'run_cancel',
  'resolve',
  'discard',
  'discarded',
  'override',
  'allow_opt_in',
  'review_done',
  'backfill',
  'import',
  'erase',
  'sync',
  'pass',
  'pass_cancel',
  'reveal',
  'setup',
  'token_add',
  'token_revoke',
]);
export type AuditAction = z.infer<typeof AuditAction>;

/** Whatever is stored can be listed: one entry of a later release, or a damaged one, does not hide the others. */
const Fields = z.object({
  action: z.string().catch('unknown'),
  by: z.string().catch(''),
  why: z.string().catch(''),
  details: z.string().catch('').transform(parseDetails),
});

export interface AuditEntry {
  /** The id in the stream, which is also the cursor of the older entries. */
  readonly id: string;
  /** In ms since 1970, by the clock of Redis. */
  readonly at: number;
  /** An `AuditAction`, or one that only a later release knows. */
  readonly action: string;
  readonly by: string;
  readonly why: string;
  /** The dead letters, filter, run or phone, and how many. Phones are not masked. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** About this many entries are stored; older ones are trimmed. */
const MAX_ENTRIES = 100_000;
const READ_SIZE = 1_000;
const MAX_LOOKED_AT = 10_000;

/** Who replayed, discarded or overrode what, when and why: an append-only stream in Redis, `<prefix>:audit`. */
export class AuditTrail {
  private readonly key: string;

  constructor(
    private readonly redis: Redis | Cluster,
    prefix: string,
  ) {
    this.key = `${prefix}:audit`;
  }

  async add({
    action,
    by,
    why,
    details,
  }: Omit<AuditEntry, 'id' | 'at'> & { readonly action: AuditAction }): Promise<void> {
    const fields = Object.entries({ action, by, why, details: JSON.stringify(details) }).flat();
    await this.redis.xadd(this.key, 'MAXLEN', '~', MAX_ENTRIES, '*', ...fields);
  }

  /** Returns how many entries name a phone. */
  async countOf(phone: string): Promise<number> {
    return (await this.idsOf(phone)).length;
  }

  /** Removes the entries that name a phone: the one exception to that entries are never removed. Returns how many. */
  async erase(phone: string): Promise<number> {
    const ids = await this.idsOf(phone);
    for (let n = 0; n < ids.length; n += READ_SIZE) {
      await this.redis.xdel(this.key, ...ids.slice(n, n + READ_SIZE));
    }
    return ids.length;
  }

  private async idsOf(phone: string): Promise<string[]> {
    const ids: string[] = [];
    const names = new RegExp(`${phone.replace('+', '\\+')}(?!\\d)`);
    for (let after = '-'; ;) {
      const rows = await this.redis.xrange(this.key, after, '+', 'COUNT', READ_SIZE);
      for (const [id, fields] of rows) if (fields.some((field) => names.test(field))) ids.push(id);
      const last = rows.at(-1)?.[0];
      if (last === undefined || rows.length < READ_SIZE) return ids;
      after = `(${last}`;
    }
  }

  /**
   * Returns a page, the latest entry first. `next` is the cursor of the next page, absent on the last one. A page looks at
   * 10,000 entries at most: then `lookedUntil` is when the last of these was written, and the next page goes on from there.
   */
  async list(query: {
    readonly limit: number;
    readonly cursor?: string | undefined;
    readonly action?: AuditAction | undefined;
    /** In ms since 1970, inclusive. */
    readonly since?: number | undefined;
    readonly until?: number | undefined;
  }): Promise<{ entries: AuditEntry[]; next?: string; lookedUntil?: number }> {
    const entries: AuditEntry[] = [];
    let lookedAt = 0;
    const { from, to } = boundsOf(query);
    let before = to;
    for (;;) {
      const rows = await this.redis.xrevrange(this.key, before, from, 'COUNT', READ_SIZE);
      for (const [id, fields] of rows) {
        const entry = parseEntry(id, fields);
        if (query.action !== undefined && entry.action !== query.action) continue;
        if (entries.length >= query.limit) return { entries, next: entries.at(-1)?.id ?? '' };
        entries.push(entry);
      }
      const last = rows.at(-1)?.[0];
      if (last === undefined || rows.length < READ_SIZE) return { entries };
      lookedAt += rows.length;
      if (lookedAt >= MAX_LOOKED_AT) return { entries, next: last, lookedUntil: timeOf(last) };
      before = `(${last}`;
    }
  }
}

/** When an entry was written: the first part of its id. */
const timeOf = (id: string): number => Number(id.split('-')[0]);

/**
 * The bounds of a page. A stream's ids begin with the time; one without a sequence number stands for the first of its time, as an
 * end for the last.
 */
function boundsOf({
  cursor,
  since,
  until,
}: {
  readonly cursor?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}): { readonly from: string; readonly to: string } {
  const from = since === undefined ? '-' : String(since);
  if (cursor !== undefined) return { from, to: `(${cursor}` };
  return { from, to: until === undefined ? '+' : String(until) };
}

function parseEntry(id: string, fields: readonly string[]): AuditEntry {
  const pairs: Record<string, string> = {};
  for (let i = 0; i + 1 < fields.length; i += 2) pairs[fields[i] ?? ''] = fields[i + 1] ?? '';
  return { id, at: timeOf(id), ...Fields.parse(pairs) };
}

function parseDetails(json: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(json));
  } catch {
    return { unreadable: json };
  }
}

import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';

/** What operators do that is kept. */
export const AuditAction = z.enum(['replay', 'replay_cancel', 'discard', 'discarded', 'override']);
export type AuditAction = z.infer<typeof AuditAction>;

const Fields = z.object({
  action: AuditAction,
  by: z.string(),
  why: z.string(),
  details: z.string().transform((json) => JSON.parse(json) as Record<string, unknown>),
});

/** One thing that somebody did. */
export interface AuditEntry {
  /** Its place in the trail, also the cursor of what came before it. */
  readonly id: string;
  /** In ms since 1970, by Redis' clock. */
  readonly at: number;
  readonly action: AuditAction;
  readonly by: string;
  readonly why: string;
  /** Which letters, filter, run or phone, and how many. Phones whole. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Older entries than about so many are forgotten. */
const KEPT = 100_000;
const READ_AT_ONCE = 1_000;

/** Who replayed, discarded or overrode what, when and why: a stream in Redis, `<prefix>:audit`, only ever added to. */
export class AuditTrail {
  private readonly key: string;

  constructor(
    private readonly redis: Redis | Cluster,
    prefix: string,
  ) {
    this.key = `${prefix}:audit`;
  }

  async add({ action, by, why, details }: Omit<AuditEntry, 'id' | 'at'>): Promise<void> {
    const fields = Object.entries({ action, by, why, details: JSON.stringify(details) }).flat();
    await this.redis.xadd(this.key, 'MAXLEN', '~', KEPT, '*', ...fields);
  }

  /** A page, the latest first; `next` is the cursor of the page after it, missing on the last. */
  async list(ask: {
    readonly limit: number;
    readonly cursor?: string | undefined;
    readonly action?: AuditAction | undefined;
  }): Promise<{ entries: AuditEntry[]; next?: string }> {
    const entries: AuditEntry[] = [];
    let before = ask.cursor === undefined ? '+' : `(${ask.cursor}`;
    for (;;) {
      const rows = await this.redis.xrevrange(this.key, before, '-', 'COUNT', READ_AT_ONCE);
      for (const [id, fields] of rows) {
        const entry = parseEntry(id, fields);
        if (ask.action !== undefined && entry.action !== ask.action) continue;
        if (entries.length >= ask.limit) return { entries, next: entries.at(-1)?.id ?? '' };
        entries.push(entry);
      }
      const last = rows.at(-1)?.[0];
      if (last === undefined || rows.length < READ_AT_ONCE) return { entries };
      before = `(${last}`;
    }
  }
}

function parseEntry(id: string, fields: readonly string[]): AuditEntry {
  const pairs: Record<string, string> = {};
  for (let i = 0; i + 1 < fields.length; i += 2) pairs[fields[i] ?? ''] = fields[i + 1] ?? '';
  return { id, at: Number(id.split('-')[0]), ...Fields.parse(pairs) };
}

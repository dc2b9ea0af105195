import { randomUUID } from 'node:crypto';
import type { Cluster, Redis, Result } from 'ioredis';
import { z } from 'zod';
import { ReconcileMode } from '../domain/reconcile-mode';
import type { Subject } from '../domain/subject';
import { parseMember, reconcileKey, toMember, toMembers } from './keys';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    optoutClearMark(key: string, field: string, value: string): Result<number, Context>;
  }
}

const CLEAR = `
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
`;

/** Who asks for a forced sync: the sweep, or a second look at a phone that nobody had. */
/** Marks that one page holds, about. */
const PAGE = 500;

const MarkReason = z.enum(['sweep', 'second_look', 'repeated_stop', 'person_changed']);

/** A mark of a later version that this one cannot parse has the weakest effect. */
const Content = z
  .object({ reason: MarkReason, mode: ReconcileMode, at: z.number() })
  .catch({ reason: 'sweep', mode: 'report', at: 0 });

/** The request that the next sync of a phone be a forced one. */
export interface SyncMark extends z.infer<typeof Content> {
  readonly subject: Subject;
  /** As it is stored; identifies this request among others for the phone. */
  readonly raw: string;
}

/**
 * The phones whose next sync is a forced one. A mark is not part of the sync job, because a phone has at most one waiting
 * job, which an earlier request may have made. So: mark the phone, then enqueue its sync. The sync reads the mark at its
 * start and clears it at its end, unless there is a newer mark by then: that belongs to the sync that follows.
 */
export class SyncMarks {
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
  ) {
    redis.defineCommand('optoutClearMark', { numberOfKeys: 1, lua: CLEAR });
  }

  /** Marks a phone. A request to report does not replace one that is open. */
  async set(subject: Subject, { reason, mode }: Pick<SyncMark, 'reason' | 'mode'>): Promise<void> {
    const value = JSON.stringify({ reason, mode, at: Date.now(), id: randomUUID().slice(0, 8) });
    const args = [this.key(subject.workspace), toMember(subject), value] as const;
    await (mode === 'report' ? this.redis.hsetnx(...args) : this.redis.hset(...args));
  }

  async read(subject: Subject): Promise<SyncMark | undefined> {
    const marks = await this.redis.hmget(this.key(subject.workspace), ...toMembers(subject));
    const raw = marks.find((mark) => mark !== null) ?? undefined;
    return raw === undefined ? undefined : parseMark(subject, raw);
  }

  /** Removes a mark, unless it was replaced. */
  async clear({ subject, raw }: SyncMark): Promise<void> {
    for (const member of toMembers(subject)) {
      await this.redis.optoutClearMark(this.key(subject.workspace), member, raw);
    }
  }

  /** Returns how many phones are marked. */
  count(workspace: string): Promise<number> {
    return this.redis.hlen(this.key(workspace));
  }

  /**
   * Returns one page of the marks, in no order.
   *
   * @param cursor `next` of the page before; '0' for the first
   */
  async page(workspace: string, cursor: string): Promise<{ marks: SyncMark[]; next: string }> {
    const [next, fields] = await this.redis.hscan(this.key(workspace), cursor, 'COUNT', PAGE);
    const marks = [];
    for (let i = 0; i + 1 < fields.length; i += 2) {
      const subject = parseMember(workspace, fields[i] ?? '');
      if (subject) marks.push(parseMark(subject, fields[i + 1] ?? ''));
    }
    return { marks, next };
  }

  private key(workspace: string): string {
    return reconcileKey(this.prefix, workspace, 'marks');
  }
}

function parseMark(subject: Subject, raw: string): SyncMark {
  return { subject, raw, ...Content.parse(JSON.parse(raw)) };
}

import { randomUUID } from 'node:crypto';
import type { Cluster, Redis, Result } from 'ioredis';
import { z } from 'zod';
import { ReconcileMode } from '../domain/reconcile-mode';
import type { Subject } from '../domain/subject';
import { joinCalls } from '../redis/join-calls';
import { loadScript } from '../redis/load-script';
import { parseMember, reconcileKey, toMember, toMembers } from './keys';
import type { PassCount } from './pass-progress';

/** Arguments and results are documented at the head of each `.lua` file. */
declare module 'ioredis' {
  interface RedisCommander<Context> {
    optoutSetMark(key: string, phone: string, mark: string): Result<number, Context>;
    optoutClearMark(...args: (string | number)[]): Result<number, Context>;
  }
}

const SCRIPTS = `${__dirname}/scripts`;
const SET = loadScript(SCRIPTS, 'set-mark.lua');
const CLEAR = loadScript(SCRIPTS, 'clear-mark.lua');

/** Marks that one page holds, about. */
const PAGE = 500;
/** Marks whose reasons tell about those of all. */
const SAMPLE = 200;
/** The reasons of the reconciler itself. The others depend on what people, Customer.io and operators do. */
const RECONCILER = ['sweep', 'second_look'];

/**
 * Why a forced sync is asked for: a pass over the ledger, a second look at a phone that nobody had, a STOP again, a person who
 * changed, an operator.
 */
const MarkReason = z.enum(['sweep', 'second_look', 'repeated_stop', 'person_changed', 'operator']);

const Passes = z.object({ sweep: z.string().optional(), requested: z.string().optional() });

/** A mark of a later version that this one cannot parse has the weakest effect. */
const Content = z
  .object({
    reason: MarkReason,
    mode: ReconcileMode,
    at: z.number(),
    /** The ids of the passes that count the comparison. */
    passes: Passes.catch({}).default({}),
    /** Whether a pass counted the entry as one that Customer.io has never been read for. */
    unverified: z.boolean().catch(false).default(false),
    /** The cio_ids of people who may be set back, because an operator asked for it. */
    allowOptIn: z.array(z.string()).readonly().catch([]).default([]),
  })
  .catch({ reason: 'sweep', mode: 'report', at: 0, passes: {}, unverified: false, allowOptIn: [] });

/** What a forced sync is asked for with. */
export type SyncMarkRequest = Pick<SyncMark, 'reason' | 'mode'> &
  Partial<Pick<SyncMark, 'passes' | 'unverified' | 'allowOptIn'>>;

/** The request that the next sync of a phone be a forced one. */
export interface SyncMark extends Readonly<z.output<typeof Content>> {
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
    /** In ms since 1970. */
    private readonly now: () => number = Date.now,
  ) {
    redis.defineCommand('optoutSetMark', { numberOfKeys: 1, lua: SET });
    redis.defineCommand('optoutClearMark', { numberOfKeys: 3, lua: CLEAR });
  }

  /** Marks a phone. A request that is open is joined: the comparison does what either asks for, and counts for both. */
  async set(subject: Subject, request: SyncMarkRequest): Promise<void> {
    const { reason, mode, passes = {}, unverified, allowOptIn = [] } = request;
    const mark = {
      ...{ reason, mode, passes, at: this.now(), id: randomUUID().slice(0, 8) },
      ...(unverified ? { unverified } : {}),
      // An empty list is not stored: Lua would write it as an object.
      ...(allowOptIn.length > 0 ? { allowOptIn } : {}),
    };
    await this.redis.optoutSetMark(this.key(subject), toMember(subject), JSON.stringify(mark));
  }

  /** Reads the mark of a phone, if there is one. */
  readonly read = joinCalls<Subject, SyncMark | undefined>(
    ({ workspace }) => workspace,
    async (subjects, workspace) => {
      const marks = new Map<Subject, SyncMark | Error>();
      const members = subjects.flatMap((subject) =>
        toMembers(subject).map((member) => ({ subject, member })),
      );
      const raws = await this.redis.hmget(this.key({ workspace }), ...members.map(({ member }) => member));
      for (const [n, { subject }] of members.entries()) {
        const raw = raws[n];
        if (raw && !marks.has(subject)) marks.set(subject, parsed(subject, raw));
      }
      return subjects.map((subject) => marks.get(subject));
    },
  );

  /** Removes a mark, unless it was replaced, and adds to the counts of the passes that asked for it. */
  async clear({ subject, raw }: SyncMark, counts: readonly PassCount[] = []): Promise<void> {
    const { workspace } = subject;
    const passes = [
      reconcileKey(this.prefix, workspace, 'pass'),
      reconcileKey(this.prefix, workspace, 'requested-pass'),
    ];
    for (const member of toMembers(subject)) {
      const args = [member, raw, ...counts.flat()];
      await this.redis.optoutClearMark(this.key(subject), ...passes, ...args);
    }
  }

  /** Returns how many phones are marked. */
  count(workspace: string): Promise<number> {
    return this.redis.hlen(this.key({ workspace }));
  }

  /** Returns how many phones the reconciler itself has marked: exactly for up to 200 marks, else estimated from so many. */
  async countOfReconciler(workspace: string): Promise<number> {
    const [count, sample] = await Promise.all([
      this.count(workspace),
      this.redis.hrandfield(this.key({ workspace }), SAMPLE, 'WITHVALUES') as Promise<string[]>,
    ]);
    const contents = sample.filter((_, n) => n % 2 === 1).map((raw) => Content.parse(JSON.parse(raw)));
    const own = contents.filter(({ reason, passes }) => RECONCILER.includes(reason) || isOfPass(passes));
    return own.length === 0 ? 0 : Math.ceil((count * own.length) / contents.length);
  }

  /**
   * Returns one page of the marks, in no order.
   *
   * @param cursor `next` of the page before; '0' for the first
   */
  async page(workspace: string, cursor: string): Promise<{ marks: SyncMark[]; next: string }> {
    const [next, fields] = await this.redis.hscan(this.key({ workspace }), cursor, 'COUNT', PAGE);
    const marks = [];
    for (let i = 0; i + 1 < fields.length; i += 2) {
      const subject = parseMember(workspace, fields[i] ?? '');
      if (subject) marks.push(parseMark(subject, fields[i + 1] ?? ''));
    }
    return { marks, next };
  }

  private key({ workspace }: Pick<Subject, 'workspace'>): string {
    return reconcileKey(this.prefix, workspace, 'marks');
  }
}

function isOfPass({ sweep, requested }: SyncMark['passes']): boolean {
  return (sweep ?? requested) !== undefined;
}

/** A damaged mark must not fail the phones that are read with it. */
function parsed(subject: Subject, raw: string): SyncMark | Error {
  try {
    return parseMark(subject, raw);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function parseMark(subject: Subject, raw: string): SyncMark {
  return { subject, raw, ...Content.parse(JSON.parse(raw)) };
}

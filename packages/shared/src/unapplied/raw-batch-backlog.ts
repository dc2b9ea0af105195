import type { Queue } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { WorkspaceOf } from '../domain/subject';
import { countLiveStops, type LiveStopsByWorkspace } from './live-stops';

/** What is known of a large batch without parsing it. */
interface BatchHead {
  readonly receivedAt: number;
  /** The workspaces of the accounts that signed it: to which senders its messages went is not known. */
  readonly workspaces: readonly string[];
}

/** Batches that are looked at, the oldest of each state: a worker parses one after the other, within seconds. */
const MAX_BATCHES = 200;
/** Of a job's JSON, in bytes. What is needed comes before the settings and the body; see `packRawBatch`. */
const HEAD_BYTES = 4_096;
/** The body has megabytes, which must not cross the network at a scrape. */
const READ_HEAD = `return string.sub(redis.call('HGET', KEYS[1], 'data') or '', 1, ARGV[1])`;

/**
 * Reads which large batches of Event Streams wait to be parsed in `event-batches`. Nobody knows whether one holds an opt-out, so each
 * counts as one of every workspace whose account signed it: an outage must not hide them. What a job holds never changes, so the head
 * of each is read once.
 */
export class RawBatchBacklog {
  private heads = new Map<string, BatchHead>();

  constructor(
    private readonly redis: Redis | Cluster,
    private readonly queue: Pick<Queue, 'toKey'>,
    private readonly workspaceOf: WorkspaceOf,
  ) {}

  /** @param now in ms since 1970 */
  async read(now: number): Promise<LiveStopsByWorkspace> {
    const ids = await this.listIds();
    const heads = await Promise.all(
      ids.map(async (id) => [id, this.heads.get(id) ?? (await this.readHead(id))] as const),
    );
    this.heads = new Map(heads);
    const times = new Map<string, number[]>();
    for (const { receivedAt, workspaces } of this.heads.values()) {
      for (const workspace of workspaces) times.set(workspace, [...(times.get(workspace) ?? []), receivedAt]);
    }
    return new Map([...times].map(([workspace, received]) => [workspace, countLiveStops(received, now)]));
  }

  private async listIds(): Promise<string[]> {
    const key = (state: string): string => this.queue.toKey(state);
    const [waiting, paused, active, delayed] = await Promise.all([
      this.redis.lrange(key('wait'), -MAX_BATCHES, -1),
      this.redis.lrange(key('paused'), -MAX_BATCHES, -1),
      this.redis.lrange(key('active'), 0, MAX_BATCHES),
      this.redis.zrange(key('delayed'), '0', String(MAX_BATCHES)),
    ]);
    return [...new Set([...waiting, ...paused, ...active, ...delayed])];
  }

  private async readHead(id: string): Promise<BatchHead> {
    const head = String(await this.redis.eval(READ_HEAD, 1, this.queue.toKey(id), HEAD_BYTES));
    const [, receivedAt] = /"receivedAt":(\d+)/.exec(head) ?? [];
    const [, signedBy = ''] = /"signedBy":\[([^\]]*)\]/.exec(head) ?? [];
    // A job that ended meanwhile, or of a form that no version has.
    if (receivedAt === undefined) return { receivedAt: 0, workspaces: [] };
    const accounts = [...signedBy.matchAll(/"([^"]+)"/g)].map(([, account = '']) => account);
    const workspaces = new Set(accounts.flatMap((account) => this.workspaceOf(account, undefined) ?? []));
    return { receivedAt: Number(receivedAt), workspaces: [...workspaces] };
  }
}

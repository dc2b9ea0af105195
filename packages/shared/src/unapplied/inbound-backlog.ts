import type { Queue } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { InboundEvent } from '../domain/inbound-event';
import type { WorkspaceOf } from '../domain/subject';
import { itemsOf } from '../queues/inbound-job';
import type { JobData } from '../queues/job-data';
import type { UnappliedIndex } from '../reconcile/unapplied-index';
import { countLiveStops, isLiveStop, type LiveStopsByWorkspace } from './live-stops';

/** What the jobs of the queue hold. */
export interface Backlog {
  readonly liveStops: LiveStopsByWorkspace;
  /** Events of accounts that are not configured: they wait for an operator. */
  readonly unassigned: number;
}

type WaitingStop = Pick<InboundEvent, 'channel' | 'phone' | 'receivedAt'> & { readonly workspace: string };

/** The events of a job that count. */
interface JobContent {
  readonly liveStops: readonly WaitingStop[];
  readonly unassigned: number;
}

/** Jobs whose content is remembered, the oldest of the queue: some 34 bytes of each are read at every scrape. */
const MAX_JOBS = 20_000;
/** Jobs that one round trip reads. */
const CHUNK = 200;

/**
 * Reads which live opt-outs wait in `inbound-events`, or are being recorded. What a job holds never changes, so each job is read
 * once. Exact for the 20,000 oldest jobs; those beyond, and those that could not be read in time, count as the others do on
 * average.
 */
export class InboundBacklog {
  private contents = new Map<string, JobContent>();

  constructor(
    private readonly redis: Redis | Cluster,
    private readonly queue: Pick<Queue, 'toKey'>,
    private readonly workspaceOf: WorkspaceOf,
    /** An event of a job that has not ended may be recorded already; the index counts it then. */
    private readonly index: Pick<UnappliedIndex, 'includes'>,
  ) {}

  /**
   * @param now in ms since 1970
   * @param until when to read no further jobs, by `performance.now()`
   */
  async read(now: number, until: number): Promise<Backlog> {
    const { ids, active, jobs } = await this.listJobs();
    this.contents = new Map(
      ids.flatMap((id) => {
        const content = this.contents.get(id);
        return content ? [[id, content] as const] : [];
      }),
    );
    const unread = ids.filter((id) => !this.contents.has(id));
    for (let i = 0; i < unread.length && performance.now() < until; i += CHUNK) {
      await this.readContents(unread.slice(i, i + CHUNK));
    }
    const recorded = await this.recordedStops(active);
    return this.sum(now, recorded, this.contents.size === 0 ? 1 : jobs / this.contents.size);
  }

  /** The ids of the oldest jobs of each state, and how many jobs there are. Jobs in the background have a state of their own. */
  private async listJobs(): Promise<{ ids: string[]; active: string[]; jobs: number }> {
    const key = (state: string): string => this.queue.toKey(state);
    const [waiting, paused, active, delayed, ...sizes] = await Promise.all([
      // Jobs are taken from the right.
      this.redis.lrange(key('wait'), -MAX_JOBS, -1),
      this.redis.lrange(key('paused'), -MAX_JOBS, -1),
      this.redis.lrange(key('active'), 0, MAX_JOBS),
      this.redis.zrange(key('delayed'), '0', String(MAX_JOBS)),
      this.redis.llen(key('wait')),
      this.redis.llen(key('paused')),
      this.redis.llen(key('active')),
      this.redis.zcard(key('delayed')),
    ]);
    const ids = [...active, ...delayed, ...waiting.reverse(), ...paused.reverse()].slice(0, MAX_JOBS);
    return { ids: [...new Set(ids)], active, jobs: sizes.reduce((sum, size) => sum + size, 0) };
  }

  private async readContents(ids: readonly string[]): Promise<void> {
    const jobs = await Promise.all(
      ids.map((id) => this.redis.hmget(this.queue.toKey(id), 'data', 'priority')),
    );
    for (const [index, id] of ids.entries()) {
      const [data, priority] = jobs[index] ?? [];
      this.contents.set(id, this.parse(data ?? '', Number(priority ?? 0)));
    }
  }

  private parse(data: string, priority: number): JobContent {
    const liveStops: WaitingStop[] = [];
    let unassigned = 0;
    for (const event of eventsIn(data)) {
      const workspace = this.workspaceOf(event.accountSid, event.sender);
      if (workspace === undefined) unassigned += 1;
      else if (priority === 0 && isLiveStop(event)) {
        const { channel, phone, receivedAt } = event;
        liveStops.push({ workspace, channel, phone, receivedAt });
      }
    }
    return { liveStops, unassigned };
  }

  /** The live opt-outs of running jobs whose phones are in the index. */
  private async recordedStops(active: readonly string[]): Promise<Set<WaitingStop>> {
    const stops = active.flatMap((id) => this.contents.get(id)?.liveStops ?? []);
    const isRecorded = await Promise.all(stops.map((stop) => this.index.includes(stop)));
    return new Set(stops.filter((_, n) => isRecorded[n]));
  }

  private sum(now: number, recorded: ReadonlySet<WaitingStop>, factor: number): Backlog {
    const times = new Map<string, number[]>();
    let unassigned = 0;
    for (const content of this.contents.values()) {
      unassigned += content.unassigned;
      for (const stop of content.liveStops) {
        if (recorded.has(stop)) continue;
        const received = times.get(stop.workspace) ?? [];
        received.push(stop.receivedAt);
        times.set(stop.workspace, received);
      }
    }
    const scaled = (count: number): number => Math.round(count * factor);
    const liveStops = [...times].map(([workspace, received]) => {
      const { count, late, oldest } = countLiveStops(received, now);
      return [workspace, { count: scaled(count), late: scaled(late), oldest }] as const;
    });
    return { liveStops: new Map(liveStops), unassigned: scaled(unassigned) };
  }
}

type CountedEvent = Pick<
  InboundEvent,
  'accountSid' | 'sender' | 'kind' | 'source' | 'orderAt' | 'occurredAt' | 'receivedAt' | 'channel' | 'phone'
>;

/** The events of a job, which holds one or several, as far as they have the fields that are counted by. */
function eventsIn(data: string): CountedEvent[] {
  try {
    return itemsOf(JSON.parse(data) as JobData<unknown>)
      .map(({ raw }) => raw)
      .filter(isCounted);
  } catch {
    // A job that ended meanwhile, or of a form that no version has.
    return [];
  }
}

function isCounted(event: unknown): event is CountedEvent {
  const { accountSid, receivedAt } = (event ?? {}) as Partial<Record<keyof CountedEvent, unknown>>;
  return typeof accountSid === 'string' && typeof receivedAt === 'number';
}

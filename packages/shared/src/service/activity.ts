import type { Cluster, Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import { redisTime } from '../redis/redis-time';
import { INSTANCE } from './release';
import { WorkspaceActivity, workspacesOf } from './workspace-activity';

const BUCKET_MS = 60_000;
const BUCKETS = 60;
const PERIOD_MS = 5_000;
/** A process that has not reported for this time has ended. */
const SILENT_MS = 30_000;

/** A later release may have others, which this one leaves out. */
const Service = z.enum(['ingest', 'worker']);

/** What a process says about itself. */
const Instance = z.object({
  service: Service,
  /** Host and process id. */
  name: z.string(),
  /** When it said so, in ms since 1970 by Redis' clock. */
  at: z.number(),
  /** Of ingest: what its spool holds, and since when in ms since 1970. */
  spool: z.object({ items: z.number(), bytes: z.number(), oldest: z.number().optional() }).optional(),
  /** Of a worker: how it sees Customer.io. */
  workspaces: z.array(WorkspaceActivity).optional(),
});
export type Instance = z.infer<typeof Instance>;

/** What the processes of a system did in the last hour, as `optout-sync status` and the console show it. */
export interface Activity {
  /** Webhooks of ingest and events of the worker, by outcome. */
  readonly counts: Readonly<Record<Instance['service'], Readonly<Record<string, number>>>>;
  /** Those that have reported lately. */
  readonly instances: readonly Instance[];
}

/** What the processes of a system did in one minute, by outcome. */
export interface MinuteOfActivity {
  /** In ms since 1970, by Redis' clock. */
  readonly startsAt: number;
  readonly counts: Activity['counts'];
}

/** The counter of each service that is summed by its label `outcome`. */
const COUNTERS = { ingest: 'optout_webhooks_total', worker: 'optout_events_total' } as const;

/**
 * Activity in Redis: a hash of counts for each minute, `<prefix>:activity:<minute>`, which expires; and a hash of the running
 * processes, `<prefix>:activity:instances`. It is for a first look: exact counts over any time are in the metrics.
 */
export class ActivityStore {
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
  ) {}

  async report(instance: Instance, counts: ReadonlyMap<string, number>): Promise<void> {
    const { service, name, at } = instance;
    const key = this.minuteKey(Math.floor(at / BUCKET_MS));
    const minute = this.redis.multi();
    for (const [outcome, count] of counts) minute.hincrby(key, `${service}:${outcome}`, count);
    if (counts.size > 0) await minute.expire(key, (2 * BUCKETS * BUCKET_MS) / 1_000).exec();
    await this.redis.hset(this.instancesKey, name, JSON.stringify(instance));
  }

  async remove(name: string): Promise<void> {
    await this.redis.hdel(this.instancesKey, name);
  }

  /** @param now in ms since 1970 */
  async read(now: number): Promise<Activity> {
    const counts = emptyCounts();
    for (const minute of await this.readMinutes(now)) {
      for (const service of Service.options) add(counts[service], minute.counts[service]);
    }
    return { counts, instances: await this.readInstances(now) };
  }

  /**
   * Returns each of the last 60 minutes, the present one last.
   *
   * @param now in ms since 1970
   */
  async readMinutes(now: number): Promise<MinuteOfActivity[]> {
    const present = Math.floor(now / BUCKET_MS);
    const minutes = Array.from({ length: BUCKETS }, (_, n) => present - BUCKETS + 1 + n);
    const hashes = await Promise.all(minutes.map((minute) => this.redis.hgetall(this.minuteKey(minute))));
    return minutes.map((minute, n) => ({
      startsAt: minute * BUCKET_MS,
      counts: parseMinute(hashes[n] ?? {}),
    }));
  }

  private async readInstances(now: number): Promise<Instance[]> {
    const all = Object.values(await this.redis.hgetall(this.instancesKey)).flatMap(parseInstance);
    const silent = all.filter(({ at }) => at < now - SILENT_MS);
    // Those that were killed.
    if (silent.length > 0) await this.redis.hdel(this.instancesKey, ...silent.map(({ name }) => name));
    return all.filter((one) => !silent.includes(one)).sort((a, b) => a.name.localeCompare(b.name));
  }

  private get instancesKey(): string {
    return `${this.prefix}:activity:instances`;
  }

  private minuteKey(minute: number): string {
    return `${this.prefix}:activity:${String(minute)}`;
  }
}

type Counts = Record<Instance['service'], Record<string, number>>;

const emptyCounts = (): Counts => ({ ingest: {}, worker: {} });

function add(sum: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [outcome, count] of Object.entries(counts)) sum[outcome] = (sum[outcome] ?? 0) + count;
}

/** Without what this release cannot read. */
function parseMinute(hash: Readonly<Record<string, string>>): Counts {
  const counts = emptyCounts();
  for (const [field, value] of Object.entries(hash)) {
    const [name = '', outcome = ''] = field.split(':');
    const service = Service.safeParse(name).data;
    const count = Number(value);
    if (service && Number.isFinite(count)) add(counts[service], { [outcome]: count });
  }
  return counts;
}

/** Nothing for what this release cannot read. */
function parseInstance(json: string): Instance[] {
  try {
    return [Instance.parse(JSON.parse(json))];
  } catch {
    return [];
  }
}

/**
 * Reports every five seconds what a service has counted since. Nothing depends on it: while Redis does not answer, the counts wait.
 *
 * @param options.spool reads what the spool holds
 * @returns ends it, after a last report
 */
export function reportActivity({
  redis,
  prefix,
  registry,
  service,
  spool,
  periodMs = PERIOD_MS,
}: {
  readonly redis: Redis | Cluster;
  readonly prefix: string;
  readonly registry: Pick<Registry, 'getSingleMetric'>;
  readonly service: Instance['service'];
  readonly spool?: () => Promise<Instance['spool']>;
  readonly periodMs?: number;
}): () => Promise<void> {
  const store = new ActivityStore(redis, prefix);
  const name = `${INSTANCE}:${service}`;
  let reported = new Map<string, number>();
  const report = async (): Promise<void> => {
    const present = await countsOf(registry, COUNTERS[service]);
    const counts = new Map(
      [...present]
        .map(([outcome, count]) => [outcome, count - (reported.get(outcome) ?? 0)] as const)
        .filter(([, count]) => count > 0),
    );
    const at = Math.floor(await redisTime(redis));
    const workspaces = await workspacesOf(registry);
    const own = { ...(spool && { spool: await spool() }), ...(workspaces.length > 0 && { workspaces }) };
    await store.report({ service, name, at, ...own }, counts);
    reported = present;
  };
  let running: Promise<void> = Promise.resolve();
  const run = (): void => {
    running = running.then(report).catch(() => undefined);
  };
  run();
  const timer = setInterval(run, periodMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    run();
    await running;
    await store.remove(name).catch(() => undefined);
  };
}

/** The values of a counter, summed by their label `outcome`. */
async function countsOf(
  registry: Pick<Registry, 'getSingleMetric'>,
  name: string,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const metric = await registry.getSingleMetric(name)?.get();
  for (const { labels, value } of metric?.values ?? []) {
    const outcome = String((labels as Record<string, string | number>).outcome);
    counts.set(outcome, (counts.get(outcome) ?? 0) + value);
  }
  return counts;
}

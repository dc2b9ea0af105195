import { createHash, randomUUID } from 'node:crypto';
import { Queue, type JobsOptions } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { InboundEvent } from '@optout-sync/shared/domain';

const JOB_OPTIONS: JobsOptions = {
  attempts: 1_000_000,
  backoff: { type: 'fixed', delay: 1_000 },
  removeOnComplete: true,
  removeOnFail: false,
};

/** The queues of a version with QUEUE_SHARDS: their keys, job ids and options are those that it wrote. */
export class OldQueues {
  private readonly opened = new Map<string, Queue>();

  constructor(
    private readonly connection: Redis | Cluster,
    private readonly prefix: string,
    private readonly shards: number,
  ) {}

  /** Returns the queue of this name on the shard of a phone. */
  of(phone: string, name = 'inbound-events'): Queue {
    const shard = createHash('sha256').update(phone).digest().readUInt32BE() % this.shards;
    const end = this.prefix.endsWith('}') ? '}' : '';
    const base = end ? this.prefix.slice(0, -1) : this.prefix;
    const prefix = shard === 0 ? this.prefix : `${base}:${String(shard)}${end}`;
    const key = `${prefix}:${name}`;
    const present = this.opened.get(key);
    if (present) return present;
    const queue = new Queue(name, { connection: this.connection, prefix, defaultJobOptions: JOB_OPTIONS });
    this.opened.set(key, queue);
    return queue;
  }

  async addEvent(event: InboundEvent, options: JobsOptions = {}): Promise<void> {
    const jobId = [event.messageSid, event.kind, event.source].join('-');
    await this.of(event.phone).add(event.kind, { payload: event }, { jobId, priority: 0, ...options });
  }

  /** Requests a sync, or a write to a destination, of a phone. */
  async addPhoneJob(phone: string, queue = 'customerio-sync', priority = 0): Promise<void> {
    const payload = { version: 1, workspace: 'default', channel: 'sms', phone };
    const deduplication = { id: `sms|${phone}`, keepLastIfActive: true };
    const opts = { jobId: randomUUID(), priority, deduplication };
    await this.of(phone, queue).add(queue.replace('customerio-', ''), { payload }, opts);
  }

  /** How many jobs are left beside shard 0, in whatever state. */
  async left(): Promise<number> {
    const queues = [...this.opened.values()].filter(({ opts }) => opts.prefix !== this.prefix);
    const counts = await Promise.all(queues.map((queue) => queue.getJobCountByTypes()));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async close(): Promise<void> {
    await Promise.all([...this.opened.values()].map((queue) => queue.close()));
  }
}

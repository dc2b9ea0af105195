import type { Cluster, Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import { REDIS_METRICS, metricsOf } from './metric-definitions';
import { withTimeout } from './timing';

const ASK_EVERY_MS = 5_000;
const ANSWER_MS = 1_000;

/** Watches the connections of a process, so that an outage shows although a scrape asks nothing of Redis. */
export class RedisHealth {
  private readonly metrics;

  constructor(
    registry: Registry,
    private readonly askEveryMs = ASK_EVERY_MS,
  ) {
    this.metrics = metricsOf(registry, REDIS_METRICS);
  }

  /** Watches a connection until it ends. */
  watch(role: string, redis: Redis | Cluster): void {
    const { up, reconnects, ping } = this.metrics;
    let wasReady = false;
    up.set({ role }, 0);
    reconnects.inc({ role }, 0);
    ping.zero({ role });
    redis.on('ready', () => {
      if (wasReady) reconnects.inc({ role });
      wasReady = true;
      void this.ask(role, redis);
    });
    redis.on('close', () => {
      up.set({ role }, 0);
    });
    const timer = setInterval(() => void this.ask(role, redis), this.askEveryMs).unref();
    redis.once('end', () => {
      clearInterval(timer);
    });
  }

  private async ask(role: string, redis: Redis | Cluster): Promise<void> {
    // A command to a connection that is lost would wait in its queue.
    const answers = redis.status === 'ready' && (await this.answers(role, redis));
    this.metrics.up.set({ role }, answers ? 1 : 0);
  }

  private async answers(role: string, redis: Redis | Cluster): Promise<boolean> {
    const askedAt = performance.now();
    try {
      await withTimeout(redis.ping(), ANSWER_MS);
      this.metrics.ping.observe({ role }, (performance.now() - askedAt) / 1_000);
      return true;
    } catch {
      return false;
    }
  }
}

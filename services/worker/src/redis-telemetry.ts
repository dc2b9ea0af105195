import { RedisOutage, type Logger } from '@optout-sync/shared/service';
import { ERROR_LOG_MS, throttleEach } from './lib/throttle-each';
import type { WorkerMetrics } from './metrics';
import { startQueue, type purposesOf } from './metrics-start';
import type { FailoverEvents } from './runner/rerun-after-failover';
import type { WorkerPoolEvents } from './runner/worker-pool';

export interface RedisEvents extends WorkerPoolEvents, FailoverEvents {
  redisFailed(role: string, error: Error): void;
  redisClosed(role: string): void;
  redisReady(role: string): void;
  promotionFailed(queue: string, error: unknown): void;
}

/** The connections to Redis, and the consumers of the queues. */
export function redisTelemetry(
  metrics: WorkerMetrics,
  log: Logger,
  purposes: ReturnType<typeof purposesOf>,
): RedisEvents {
  const outage = new RedisOutage(log);
  const logFailure = throttleEach(ERROR_LOG_MS, (queue, suppressed, err: Error) => {
    log.error({ err, code: 'worker_error', queue, suppressed }, 'worker error');
  });
  return {
    redisFailed(role, error) {
      outage.failed(role, error);
    },
    redisClosed(role) {
      outage.closed(role);
    },
    redisReady(role) {
      outage.ready(role);
    },
    consumerFailed(queue, error) {
      metrics.consumerErrors.inc({ queue });
      if (!outage.isOn) logFailure(queue, error);
    },
    consumerOpened(queue, slots) {
      metrics.slots.set({ queue }, slots);
      metrics.slotsUsed.set({ queue }, 0);
      startQueue(metrics, queue, purposes.get(queue));
    },
    jobStalled(queue) {
      metrics.stalled.inc({ queue });
    },
    jobStarted(queue, lane, waitSeconds) {
      metrics.slotsUsed.inc({ queue });
      if (waitSeconds !== undefined) metrics.jobWait.observe({ queue, lane }, waitSeconds);
    },
    jobEnded(queue) {
      metrics.slotsUsed.dec({ queue });
    },
    promotionFailed(queue, err) {
      log.warn({ err, code: 'wake_failed', queue }, 'jobs stay delayed');
    },
    jobsRequeued(jobs) {
      log.info({ jobs }, 'Redis connection lost: recent jobs are enqueued again');
    },
  };
}

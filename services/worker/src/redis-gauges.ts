import type { Cluster, Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import type { WorkerConfig } from '@optout-sync/shared/config';
import type { JobStores } from '@optout-sync/shared/dead-letters';
import type { UnappliedIndex } from '@optout-sync/shared/reconcile';
import {
  registerDeadLetterGauges,
  registerLastSuccess,
  registerQueueGauges,
  registerReplayGauges,
} from '@optout-sync/shared/service';
import { UnappliedReader, createBacklogs, registerUnappliedGauges } from '@optout-sync/shared/unapplied';
import type { WorkerPool } from './runner/worker-pool';

/** Registers the gauges that are read from Redis at each scrape. */
export function registerRedisGauges(options: {
  readonly config: Pick<WorkerConfig, 'workspaces' | 'workspaceOf' | 'redis'>;
  readonly registry: Registry;
  readonly redis: Redis | Cluster;
  readonly queues: JobStores;
  readonly pool: Pick<WorkerPool, 'queues'>;
  readonly unapplied: UnappliedIndex;
  /** In ms since 1970, by the clock that events are received by. */
  readonly now: () => number;
}): void {
  const { config, registry, redis, queues, pool, unapplied, now } = options;
  registerQueueGauges(registry, pool.queues, [queues.deadLetters]);
  registerDeadLetterGauges(registry, queues.deadLetters);
  registerReplayGauges(registry, queues.runs);
  registerLastSuccess(registry, redis, config.redis.prefix);
  const workspaces = config.workspaces.map(({ name }) => name);
  const backlogs = createBacklogs(redis, queues, config.workspaceOf, unapplied);
  const reader = new UnappliedReader(workspaces, unapplied, () => backlogs);
  registerUnappliedGauges(registry, { workspaces, reader, now });
}

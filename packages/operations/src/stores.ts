import type { Cluster, Redis } from 'ioredis';
import type { Env, RedisConfig } from '@optout-sync/shared/config';
import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import { Ledger } from '@optout-sync/shared/ledger';
import { closeQueues } from '@optout-sync/shared/queues';
import { Findings, PassRequests, ReconciledPhones, SyncMarks } from '@optout-sync/shared/reconcile';
import { connectRedis, queuePrefix, untilReady } from '@optout-sync/shared/redis';
import { ReviewList } from '@optout-sync/shared/review';
import { MessageLogProgress, SentAfterLists } from '@optout-sync/shared/sent-after';
import { withTimeout } from '@optout-sync/shared/service';
import { AuditTrail } from './audit/audit-trail';
import { readConfig } from './config/config';
import { OperationError } from './operation-error';
import { OperatorRuns } from './runs/operator-runs';

const CONNECT_TIMEOUT_MS = 3_000;

/** Everything that operations read and write in Redis. */
export interface Stores {
  readonly queues: JobStores;
  readonly ledger: Ledger;
  readonly reviewList: ReviewList;
  readonly audit: AuditTrail;
  /** The phones that a worker is asked to compare with Customer.io. */
  readonly marks: SyncMarks;
  /** What comparisons found and did not correct. */
  readonly findings: Findings;
  /** What the reconciler stores of single phones. */
  readonly reconciled: ReconciledPhones;
  /** The passes over the ledger that operators ask for. */
  readonly passes: PassRequests;
  /** The backfills and imports of operators. */
  readonly operatorRuns: OperatorRuns;
  /** The messages that were sent after an opt-out. */
  readonly sentAfter: SentAfterLists;
  /** How far Twilio's message log has been compared with the ledger. */
  readonly messageLog: MessageLogProgress;
  readonly redis: Redis | Cluster;
  /** The prefix of the keys, without the hash tag of the queues. */
  readonly prefix: string;
}

/**
 * Opens all stores on one connection.
 *
 * @param redis a connection that is ready: a queue whose first contact fails never recovers
 */
export function openStores(redis: Redis | Cluster, config: RedisConfig): Stores {
  const { prefix } = config;
  return {
    queues: openJobStores(redis, queuePrefix(config)),
    ledger: new Ledger(redis, { prefix }),
    reviewList: new ReviewList(redis, prefix),
    audit: new AuditTrail(redis, prefix),
    marks: new SyncMarks(redis, prefix),
    findings: new Findings(redis, prefix),
    reconciled: new ReconciledPhones(redis, prefix),
    passes: new PassRequests(redis, prefix),
    operatorRuns: new OperatorRuns(redis, prefix),
    sentAfter: new SentAfterLists(redis, prefix),
    messageLog: new MessageLogProgress(redis, prefix),
    redis,
    prefix,
  };
}

/**
 * Connects to the Redis that the environment names, runs `work`, and closes the connection in any case.
 *
 * @throws {ConfigError} for an invalid environment
 * @throws {OperationError} `redis_unavailable` when Redis does not answer within 3 s
 */
export async function withStores<Result>(
  { env }: { readonly env: Env },
  work: (stores: Stores) => Promise<Result>,
): Promise<Result> {
  const config = readConfig(env);
  let lastError: Error | undefined;
  const redis = connectRedis(config, 'store', (error) => {
    lastError = error;
  });
  try {
    await withTimeout(untilReady(redis), CONNECT_TIMEOUT_MS).catch((error: unknown) => {
      const reason = (lastError ?? (error as Error)).message;
      throw new OperationError('redis_unavailable', `Redis cannot be reached (${reason})`, 'failed');
    });
    const stores = openStores(redis, config);
    try {
      return await work(stores);
    } finally {
      await closeQueues(stores.queues);
    }
  } finally {
    redis.disconnect();
  }
}

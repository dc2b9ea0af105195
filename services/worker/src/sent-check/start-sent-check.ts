import type { Cluster, Redis } from 'ioredis';
import type { WorkerConfig } from '@optout-sync/shared/config';
import { createBlockedSends } from '@optout-sync/shared/domain';
import type { Ledger } from '@optout-sync/shared/ledger';
import { MessageLogProgress, SentAfterLists, sentAfterKey } from '@optout-sync/shared/sent-after';
import { Rounds } from '../lib/rounds';
import { Lease } from '../reconcile/lease';
import { SentCheck, type SentCheckEvents } from './sent-check';
import type { SenderCounts } from './sender-counts';
import type { SentCheckTimes } from './times';

interface SentCheckContext {
  readonly redis: Redis | Cluster;
  readonly config: Pick<WorkerConfig, 'redis' | 'workspaces' | 'workspaceOf' | 'numbersOf' | 'sentCheck'>;
  /** In ms since 1970. */
  readonly now: () => number;
  readonly sentCheckTimes: SentCheckTimes;
  readonly ledger: Ledger;
  readonly stopping: AbortSignal;
  /** Missing where Twilio's message log is not read. */
  readonly senderCounts: SenderCounts | undefined;
  readonly telemetry: SentCheckEvents;
}

/** Starts reading Twilio's message log, where that is configured. The returned function stops it. */
export function startSentCheck(context: SentCheckContext): () => Promise<void> {
  const { redis, config, now, sentCheckTimes: times, ledger, senderCounts, stopping, telemetry } = context;
  const {
    sentCheck,
    redis: { prefix },
  } = config;
  if (!sentCheck || !senderCounts) return () => Promise.resolve();
  const policies = new Map(config.workspaces.map(({ name, policy }) => [name, policy]));
  const lease = new Lease(redis, sentAfterKey(prefix, 'lease'), times.leaseMs);
  const check = new SentCheck({
    ...config,
    ...sentCheck,
    blockedSends: createBlockedSends(sentCheck.blockedSends),
    policyOf: (workspace) => policies.get(workspace),
    ledger,
    lists: new SentAfterLists(redis, prefix),
    progress: new MessageLogProgress(redis, prefix),
    counts: senderCounts,
    lease,
    times,
    now,
    redisNow: () => ledger.now(),
    stopping,
    telemetry,
  });
  const rounds = new Rounds({
    everyMs: times.roundMs,
    round: () => check.round(),
    failed: (error) => {
      telemetry.sentCheckFailed(undefined, error);
    },
    ended: () => lease.release(),
  });
  rounds.start();
  return () => rounds.stop();
}

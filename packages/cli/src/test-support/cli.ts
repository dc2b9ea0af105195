import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import { AuditTrail } from '@optout-sync/operations';
import type { Env } from '@optout-sync/shared/config';
import { Ledger } from '@optout-sync/shared/ledger';
import { closeQueues } from '@optout-sync/shared/queues';
import { ReviewList } from '@optout-sync/shared/review';
import { MessageLogProgress, SentAfterLists } from '@optout-sync/shared/sent-after';
import { runCli } from '../run-cli';

/** The result of a command. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Runs the command with exactly this environment. */
export async function runWith(env: Env, ...args: string[]): Promise<Ran> {
  const [out, error]: [string[], string[]] = [[], []];
  const code = await runCli(args, {
    env,
    out: (text) => void out.push(text),
    error: (text) => void error.push(text),
  });
  return { code, out: out.join('\n'), error: error.join('\n') };
}

/** Opens the stores under a new prefix in the Redis of the tests. */
export function openStores(): {
  env: Env;
  queues: JobStores;
  ledger: Ledger;
  reviewList: ReviewList;
  audit: AuditTrail;
  sentAfter: SentAfterLists;
  messageLog: MessageLogProgress;
  close: () => Promise<void>;
} {
  const REDIS_URL = process.env.TEST_REDIS_URL ?? '';
  const prefix = `test-${randomUUID()}`;
  const redis = new Redis(REDIS_URL, { maxRetriesPerRequest: null });
  const queues = openJobStores(redis, prefix);
  return {
    env: { REDIS_URL, QUEUE_PREFIX: prefix },
    queues,
    ledger: new Ledger(redis, { prefix }),
    reviewList: new ReviewList(redis, prefix),
    audit: new AuditTrail(redis, prefix),
    sentAfter: new SentAfterLists(redis, prefix),
    messageLog: new MessageLogProgress(redis, prefix),
    async close() {
      await closeQueues(queues);
      redis.disconnect();
    },
  };
}

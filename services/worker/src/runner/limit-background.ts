import { bulkhead } from 'cockatiel';
import type { JobKind } from './job-kind';

/**
 * Lets at most `limit` jobs of replays and backfills run at once, and live traffic without a limit. Running jobs wait for
 * their Customer.io request in one queue, first come, first served: it must stay short for live traffic.
 */
export function limitBackgroundConcurrency<Payload>(kind: JobKind<Payload>, limit: number): JobKind<Payload> {
  const background = bulkhead(limit, Infinity);
  return {
    ...kind,
    run: (payload, lane, jobId) =>
      lane === 'live'
        ? kind.run(payload, lane, jobId)
        : background.execute(() => kind.run(payload, lane, jobId)),
  };
}

import { bulkhead } from 'cockatiel';
import type { JobKind } from './job-kind';

/**
 * Lets at most `limit` jobs of each other lane run at once, and live traffic without a limit. Running jobs wait for their
 * Customer.io request in one queue, first come, first served: it must stay short for live traffic, and people who are new must
 * not wait behind a replay.
 */
export function limitBackgroundConcurrency<Payload>(kind: JobKind<Payload>, limit: number): JobKind<Payload> {
  const lanes = { prompt: bulkhead(limit, Infinity), background: bulkhead(limit, Infinity) };
  return {
    ...kind,
    run: (payload, lane, job) =>
      lane === 'live'
        ? kind.run(payload, lane, job)
        : lanes[lane].execute(() => kind.run(payload, lane, job)),
  };
}

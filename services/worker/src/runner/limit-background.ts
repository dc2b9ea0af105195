import { bulkhead } from 'cockatiel';
import type { JobKind } from './process-job';

/**
 * Lets so many replays and backfills be at work at once, and live traffic without bound: what has been taken from its queue
 * waits for its turn with Customer.io in one line, which must stay short for whoever comes live.
 */
export function limitBackgroundConcurrency<Payload>(kind: JobKind<Payload>, most: number): JobKind<Payload> {
  const room = bulkhead(most, Infinity);
  return {
    ...kind,
    run: (payload, lane) =>
      lane === 'live' ? kind.run(payload, lane) : room.execute(() => kind.run(payload, lane)),
  };
}

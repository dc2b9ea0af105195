import { isBlockedSend } from '@optout-sync/shared/domain';
import type { RecordEvents } from '../jobs/record-job';
import type { SenderCounts } from './sender-counts';

/** Also counts the people who opt out by a message, by its sender: live, and not opted out before. */
export function countingOptOuts<Events extends RecordEvents>(
  telemetry: Events,
  counts: Pick<SenderCounts, 'add'> | undefined,
): Events {
  if (!counts) return telemetry;
  return {
    ...telemetry,
    recorded(results, lane, job) {
      telemetry.recorded(results, lane, job);
      if (lane !== 'live') return;
      for (const { event, counted } of results) {
        if (counted !== 'recorded' || event.kind !== 'stop' || isBlockedSend(event)) continue;
        counts.add('optOuts', event.sender, 1);
      }
    },
  };
}

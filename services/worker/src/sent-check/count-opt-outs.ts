import { reasonOf, type InboundEvent } from '@optout-sync/shared/domain';
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
        if (counted === 'recorded' && isOptOutMessage(event)) counts.add('optOuts', event.sender, 1);
      }
    },
  };
}

/** Whether the person texted it: what operators and other systems report says nothing of what was sent within the hour. */
function isOptOutMessage(event: InboundEvent): boolean {
  const reason = reasonOf(event);
  return event.kind === 'stop' && (reason === 'message' || reason === 'wording');
}

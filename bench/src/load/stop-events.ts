import type { Queue } from 'bullmq';
import { waitFor } from '@optout-sync/local-runtime/process';
import { E164, MessageSid, type InboundEvent } from '@optout-sync/shared/domain';
import { enqueueInboundBatch, type Queues } from '@optout-sync/shared/queues';
import { TWILIO_ACCOUNT_SID, TWILIO_MESSAGING_SERVICE_SID, messageSid } from '@optout-sync/twilio-simulator';
import { phoneOf } from './twilio-requests';

const EVENTS_PER_CALL = 1_000;

/** The inbound event of a STOP from the `index`-th person, received now. */
export function stopEvent(index: number): InboundEvent {
  const now = Date.now();
  return {
    version: 1,
    messageSid: MessageSid.parse(messageSid()),
    accountSid: TWILIO_ACCOUNT_SID,
    kind: 'stop',
    keyword: 'STOP',
    channel: 'sms',
    phone: E164.parse(phoneOf(index)),
    sender: TWILIO_MESSAGING_SERVICE_SID,
    messagingServiceSid: TWILIO_MESSAGING_SERVICE_SID,
    source: 'webhook',
    occurredAt: now,
    receivedAt: now,
  };
}

/** Enqueues the STOPs of `count` people from the `first` on. */
export async function enqueueStops(queues: Queues, first: number, count: number): Promise<void> {
  for (let at = 0; at < count; at += EVENTS_PER_CALL) {
    const some = Array.from({ length: Math.min(EVENTS_PER_CALL, count - at) }, (_, index) =>
      stopEvent(first + at + index),
    );
    await enqueueInboundBatch(queues, some);
  }
}

/** Waits until no job waits or runs in any of the queues. */
export async function untilEmpty(queues: readonly Queue[], timeoutMs: number): Promise<void> {
  await waitFor(
    async () => {
      // In the order of processing: a job that leaves one queue may be in a later one, never in an earlier one.
      for (const queue of queues) {
        if ((await queue.getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized')) > 0) return false;
      }
      return true;
    },
    { what: `${queues.map(({ name }) => name).join(' and ')} to be empty`, timeoutMs, everyMs: 5 },
  );
}

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { InboundEvent } from '../domain/inbound-event';
import { MessageSid } from '../domain/message-sid';
import { Channel, E164 } from '../domain/phone';

/** The queues' names, as operators see them. */
export const QUEUES = {
  inbound: 'inbound-events',
  sync: 'customerio-sync',
  deadLetters: 'dead-letters',
} as const;
export type QueueName = (typeof QUEUES)[keyof typeof QUEUES];

/** One failed try: when (ms since 1970), its stable error code and the HTTP status, when there was one. */
export const FailedAttempt = z.object({
  at: z.number(),
  code: z.string(),
  status: z.number().optional(),
});
export type FailedAttempt = z.infer<typeof FailedAttempt>;

/** Which phone to bring up to date. It carries no state: the ledger has it. */
export const SyncRequest = z.object({
  version: z.literal(1),
  workspace: z.string().min(1),
  channel: Channel,
  phone: E164,
});
export type SyncRequest = z.infer<typeof SyncRequest>;

/** What could not be done: an event, a sync (with the events waiting for it) or a signed message that nobody understood. */
const Undone = z.discriminatedUnion('type', [
  z.object({ type: z.literal('event'), event: InboundEvent }),
  z.object({ type: z.literal('sync'), request: SyncRequest, messageSids: z.array(MessageSid) }),
  z.object({ type: z.literal('raw'), data: z.unknown() }),
]);

/** A job of the `dead-letters` queue. */
export const DeadLetter = z.object({
  version: z.literal(1),
  /** Where it failed. */
  stage: z.enum(['ingest', 'record', 'sync']),
  code: z.string(),
  message: z.string(),
  undone: Undone,
  attempts: z.array(FailedAttempt),
  firstFailedAt: z.number(),
  lastFailedAt: z.number(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

/**
 * The letter's id, made from what is undone: adding the same one again lands once. A hash, since ids are logged
 * and a sync is named by its phone.
 */
export function deadLetterId({ stage, undone }: Pick<DeadLetter, 'stage' | 'undone'>): string {
  return `dl-${createHash('sha256')
    .update(JSON.stringify([stage, undone]))
    .digest('hex')
    .slice(0, 20)}`;
}

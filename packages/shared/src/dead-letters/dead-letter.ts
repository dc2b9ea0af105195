import { createHash } from 'node:crypto';
import { z } from 'zod';
import { InboundEvent } from '../domain/inbound-event';
import { MessageSid } from '../domain/twilio-ids';
import { FailedAttempt, ForwardRequest, SyncRequest } from '../queues/jobs';

/** What could not be done: an event, a sync (with the events waiting for it), a forward, or what nobody understood. */
const Undone = z.discriminatedUnion('type', [
  z.object({ type: z.literal('event'), event: InboundEvent }),
  z.object({ type: z.literal('sync'), request: SyncRequest, messageSids: z.array(MessageSid) }),
  z.object({ type: z.literal('forward'), request: ForwardRequest }),
  z.object({ type: z.literal('raw'), data: z.unknown() }),
]);

/** Where something failed for good. */
export const Stage = z.enum(['ingest', 'record', 'sync', 'forward']);
export type Stage = z.infer<typeof Stage>;

/** What could not be done and waits for an operator. Times in ms since 1970. */
export const DeadLetter = z.object({
  version: z.literal(1),
  stage: Stage,
  code: z.string(),
  message: z.string(),
  undone: Undone,
  /** Every failed try, the oldest first; of very many the first and the latest. */
  attempts: z.array(FailedAttempt),
  firstFailedAt: z.number(),
  lastFailedAt: z.number(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

/**
 * The letter's id, made from what is undone: adding the same one again lands once, and a phone's sync has one letter
 * however many messages wait for it. A hash, since ids are logged and a sync is named by its phone.
 */
export function deadLetterId({ stage, undone }: Pick<DeadLetter, 'stage' | 'undone'>): string {
  return `dl-${createHash('sha256')
    .update(JSON.stringify([stage, undone.type === 'sync' ? undone.request : undone]))
    .digest('hex')
    .slice(0, 20)}`;
}

/** Tries that a letter keeps: the first and the latest. */
export const KEPT_ATTEMPTS = 100;

/**
 * The letter of what has failed again while its letter was there: how it failed now, every try, and since when. The very
 * same filing again (after a crash) gives the letter that is there; clocks of several machines may differ, so that is told
 * by the tries and not by the time alone.
 */
export function mergeDeadLetters(present: DeadLetter, next: DeadLetter): DeadLetter {
  const known = new Set(present.attempts.map(sameness));
  const added = next.attempts.filter((attempt) => !known.has(sameness(attempt)));
  if (added.length === 0 && next.lastFailedAt <= present.lastFailedAt) return present;
  return {
    ...next,
    attempts: capped([...present.attempts, ...added]),
    firstFailedAt: present.firstFailedAt,
    lastFailedAt: Math.max(present.lastFailedAt, next.lastFailedAt),
  };
}

const sameness = ({ at, code, status }: FailedAttempt): string => JSON.stringify([at, code, status]);

function capped(attempts: readonly FailedAttempt[]): FailedAttempt[] {
  if (attempts.length <= KEPT_ATTEMPTS) return [...attempts];
  return [...attempts.slice(0, 1), ...attempts.slice(1 - KEPT_ATTEMPTS)];
}

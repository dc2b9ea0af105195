import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DestinationName } from '../domain/destination-name';
import { InboundEvent } from '../domain/inbound-event';
import { MessageSid } from '../domain/twilio-ids';
import { FailedAttempt, ForwardRequest, SyncRequest } from '../queues/jobs';
import { PeopleChange } from '../queues/people-change';

/**
 * What a replay requeues: an inbound event, a sync or the write to an optional destination (with the messages that wait for
 * it), a forward, or changed people. `raw` is data that could not be parsed; it cannot be replayed.
 */
const Undone = z.discriminatedUnion('type', [
  z.object({ type: z.literal('event'), event: InboundEvent }),
  z.object({ type: z.literal('sync'), request: SyncRequest, messageSids: z.array(MessageSid) }),
  z.object({
    type: z.literal('destination'),
    destination: DestinationName,
    request: SyncRequest,
    messageSids: z.array(MessageSid),
  }),
  z.object({ type: z.literal('forward'), request: ForwardRequest }),
  z.object({ type: z.literal('people'), change: PeopleChange }),
  z.object({ type: z.literal('raw'), data: z.unknown() }),
]);

/** The step that failed; the write to an optional destination has its name. */
export const Stage = z.enum([
  'ingest',
  'batch',
  'record',
  'sync',
  ...DestinationName.options,
  'forward',
  'people',
]);
export type Stage = z.infer<typeof Stage>;

/** A job whose retries are exhausted, or a message that could not be parsed. Times in ms since 1970. */
export const DeadLetter = z.object({
  version: z.literal(1),
  stage: Stage,
  code: z.string(),
  message: z.string(),
  /** The payload, under the key that stored dead letters and spool files have. */
  undone: Undone,
  /** The failed attempts, oldest first. Beyond `MAX_ATTEMPTS` the first and the latest. */
  attempts: z.array(FailedAttempt),
  firstFailedAt: z.number(),
  lastFailedAt: z.number(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

/**
 * The id of a dead letter, derived from its payload: adding the same one again stores it once, and a phone has one dead
 * letter of its sync and one of each optional destination, however many messages wait for it. All forms that one signature of
 * Twilio's is valid for have one. A hash, because ids are logged and a sync is identified by its phone.
 */
export function deadLetterId({ stage, undone }: Pick<DeadLetter, 'stage' | 'undone'>): string {
  return `dl-${createHash('sha256')
    .update(JSON.stringify([stage, identityOf(undone)]))
    .digest('hex')
    .slice(0, 20)}`;
}

/** The form in which ingest stores what Twilio signed: `signed` stands for all pairs that the signed text can be split into. */
const SignedForm = z.object({ route: z.string(), signed: z.string() });

function identityOf(undone: DeadLetter['undone']): unknown {
  if (undone.type === 'sync' || undone.type === 'destination') return untraced(undone.request);
  if (undone.type === 'event') return { ...undone, event: untraced(undone.event) };
  if (undone.type === 'forward') return { ...undone, request: untraced(undone.request) };
  if (undone.type === 'people') return { ...undone, change: untraced(undone.change) };
  return SignedForm.safeParse(undone.data).data ?? undone;
}

/** A repetition has a trace of its own. */
function untraced<Traced extends { readonly traceparent?: string | undefined }>(value: Traced): Traced {
  return value.traceparent === undefined ? value : { ...value, traceparent: undefined };
}

/** Attempts that a dead letter stores: the first and the latest. */
export const MAX_ATTEMPTS = 100;

/**
 * Merges a failure into the stored dead letter of the same payload: the result has the latest error, all attempts, and the
 * time of the first failure. Returns `present` when `next` adds nothing, as when a crash repeats a put. The clocks of several
 * machines differ, so a repetition is recognised by its attempts and not by time alone.
 */
export function mergeDeadLetters(present: DeadLetter, next: DeadLetter): DeadLetter {
  const known = new Set(present.attempts.map(identity));
  const added = next.attempts.filter((attempt) => !known.has(identity(attempt)));
  if (added.length === 0 && next.lastFailedAt <= present.lastFailedAt) return present;
  // The first one is Twilio's own request: a variant of it comes from whoever saw its signature.
  if (next.undone.type === 'raw' && SignedForm.safeParse(next.undone.data).success) {
    return { ...present, lastFailedAt: next.lastFailedAt };
  }
  return {
    ...next,
    attempts: capped([...present.attempts, ...added]),
    firstFailedAt: present.firstFailedAt,
    lastFailedAt: Math.max(present.lastFailedAt, next.lastFailedAt),
  };
}

/** What is stored of a dead letter that a replay requeued, until its job has ended. */
export const EarlierFailures = DeadLetter.pick({ attempts: true, firstFailedAt: true });
export type EarlierFailures = z.infer<typeof EarlierFailures>;

/** Adds failures from before a replay. Returns `deadLetter` itself when there are none. */
export function withEarlier(deadLetter: DeadLetter, earlier: readonly EarlierFailures[]): DeadLetter {
  if (earlier.length === 0) return deadLetter;
  const all = [...earlier.flatMap(({ attempts }) => attempts), ...deadLetter.attempts];
  const distinct = [...new Map(all.map((attempt) => [identity(attempt), attempt])).values()];
  return {
    ...deadLetter,
    attempts: capped(distinct),
    firstFailedAt: Math.min(deadLetter.firstFailedAt, ...earlier.map(({ firstFailedAt }) => firstFailedAt)),
  };
}

const identity = ({ at, code, status }: FailedAttempt): string => JSON.stringify([at, code, status]);

function capped(attempts: readonly FailedAttempt[]): FailedAttempt[] {
  if (attempts.length <= MAX_ATTEMPTS) return [...attempts];
  return [...attempts.slice(0, 1), ...attempts.slice(1 - MAX_ATTEMPTS)];
}

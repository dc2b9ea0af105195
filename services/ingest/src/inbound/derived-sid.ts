import { createHash } from 'node:crypto';
import { MessageSid } from '@optout-sync/shared/domain';

/** By what brought the message: a Studio flow, another system, a link. No SID of Twilio's has one of these prefixes. */
const PREFIXES = { studio: 'OS', intake: 'OI', link: 'OU' } as const;

/** Longer than a Function may run (10 s), so its retries are mostly in one window; shorter than a change of mind. */
const SAME_MESSAGE_MS = 10_000;

/**
 * The SID of a message that was received without one, from its account, person, sender and kind, so that a repeated call is
 * the same message. With the caller's `id` this always holds. Without an `id` it holds within ten seconds: two STOPs with a
 * START between them are three messages, and must not become two.
 */
export function derivedSid(
  by: keyof typeof PREFIXES,
  message: {
    readonly accountSid: string;
    readonly person: string;
    readonly sender: string;
    readonly kind: string;
  },
  id: string | undefined,
  now: number,
): MessageSid {
  const { accountSid, person, sender, kind } = message;
  const occurrence = id === undefined ? ['at', Math.floor(now / SAME_MESSAGE_MS)] : ['id', id];
  const hash = createHash('sha256').update(JSON.stringify([accountSid, person, sender, kind, ...occurrence]));
  return MessageSid.parse(PREFIXES[by] + hash.digest('hex').slice(0, 32));
}

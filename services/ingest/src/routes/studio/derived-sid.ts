import { createHash } from 'node:crypto';
import { MessageSid } from '@optout-sync/shared/domain';

/** No sid of Twilio's starts so. */
const PREFIX = 'OS';

/** Longer than a Function may run (10 s), so its retries mostly fall into one; shorter than a change of mind. */
const SAME_WORD_MS = 10_000;

/**
 * The sid of a word that came without one, from who said what to whom, so that a call that is repeated is the same word.
 * With the caller's `id` for the word, always; without, within ten seconds: two STOPs with a START between them are three
 * words, and must not become two.
 */
export function derivedSid(
  word: {
    readonly accountSid: string;
    readonly person: string;
    readonly sender: string;
    readonly kind: string;
  },
  id: string | undefined,
  now: number,
): MessageSid {
  const { accountSid, person, sender, kind } = word;
  const which = id === undefined ? ['at', Math.floor(now / SAME_WORD_MS)] : ['id', id];
  const hash = createHash('sha256').update(JSON.stringify([accountSid, person, sender, kind, ...which]));
  return MessageSid.parse(PREFIX + hash.digest('hex').slice(0, 32));
}

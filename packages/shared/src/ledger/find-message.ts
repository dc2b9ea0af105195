import type { Cluster, Redis } from 'ioredis';
import type { MessageSid } from '../domain/twilio-ids';
import type { Subject } from '../domain/subject';
import { keysAsSpelled, ledgerPrefix } from './keys';
import { keyPattern, parseSubject } from './list-entries';
import { MAX_PER_SCAN, walkKeys } from './walk-keys';

export interface MessageSearch {
  /** Whose message it is; missing while it is not found. */
  readonly subject?: Subject;
  /** How many entries were examined. */
  readonly examined: number;
  /** The cursor to go on with; absent at the end. */
  readonly next: string | undefined;
}

/**
 * Looks for the entry that has a message. There is no index from messages to phones, so this is a walk like that of `listEntries`:
 * call it again with `next` until `subject` or the end is there.
 *
 * @throws {CursorError} for a cursor that is not valid
 */
export async function findMessage(
  redis: Redis | Cluster,
  prefix: string,
  messageSid: MessageSid,
  cursor?: string,
): Promise<MessageSearch> {
  const entries = ledgerPrefix(prefix);
  const field = `m:${messageSid}`;
  let found: Subject | undefined;
  const holds = async (subject: Subject): Promise<boolean> => {
    const { entry, history } = keysAsSpelled(prefix, subject);
    const both = await Promise.all([redis.hexists(entry, field), redis.hexists(history, field)]);
    return both.includes(1);
  };
  const walk = { cursor, step: MAX_PER_SCAN };
  const { examined, next } = await walkKeys(redis, keyPattern(entries), walk, async (keys, step) => {
    const subjects = keys.flatMap((key) => parseSubject(key.slice(entries.length)) ?? []);
    const held = await Promise.all(subjects.map(holds));
    found = subjects.find((_, n) => held[n]);
    return found ? 0 : step;
  });
  return { ...(found && { subject: found }), examined, next };
}

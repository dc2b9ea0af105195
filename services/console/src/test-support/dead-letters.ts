import { randomBytes, randomInt } from 'node:crypto';
import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import { InboundEvent, type EventSource } from '@optout-sync/shared/domain';
import type { ConsoleContext } from '../context';

/** A phone that no other test uses. */
export const freshPhone = (): string => `+1415${String(randomInt(2_000_000, 9_999_999))}`;

let puts = 0;

/** The dead letter of a STOP. */
export function deadLetterOf({
  phone = freshPhone(),
  code = 'customerio_refused',
  source = 'webhook',
  at = Date.now() - 60_000 + puts++,
}: {
  readonly phone?: string | undefined;
  readonly code?: string;
  readonly source?: EventSource;
  /** When it failed, in ms since 1970. */
  readonly at?: number;
}): DeadLetter {
  const event = InboundEvent.parse({
    version: 1,
    messageSid: `SM${randomBytes(16).toString('hex')}`,
    accountSid: 'AC1',
    kind: 'stop',
    channel: 'sms',
    phone,
    sender: '+15005550006',
    source,
    occurredAt: at,
    receivedAt: at,
  });
  return {
    version: 1,
    stage: 'record',
    code,
    message: 'answered 400',
    undone: { type: 'event', event },
    attempts: [{ at, code, status: 400 }],
    firstFailedAt: at,
    lastFailedAt: at,
  };
}

/** Stores dead letters, one after the other, and returns their ids. */
export async function putDeadLetters(
  { stores }: ConsoleContext,
  deadLetters: readonly DeadLetter[],
): Promise<string[]> {
  const ids: string[] = [];
  for (const deadLetter of deadLetters) ids.push(await stores.queues.deadLetters.put(deadLetter));
  return ids;
}

/** Overwrites the stored form of a dead letter. */
export async function damageDeadLetter(
  { stores: { redis, prefix } }: ConsoleContext,
  id: string,
  text: string,
): Promise<void> {
  await redis.hset(`${prefix}:{dlq}:letters`, id, text);
}

/** Overwrites fields of the stored form of a replay run. */
export async function damageRun(
  { stores: { redis, prefix } }: ConsoleContext,
  id: string,
  fields: Readonly<Record<string, string>>,
): Promise<void> {
  await redis.hset(`${prefix}:{dlq}:run:${id}`, fields);
}

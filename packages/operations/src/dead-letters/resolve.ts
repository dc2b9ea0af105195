import { resolveEvent, unresolvedEvent } from '@optout-sync/shared/dead-letters';
import type { InboundEvent } from '@optout-sync/shared/domain';
import { enqueueInbound } from '@optout-sync/shared/queues';
import { requireAuthor, type Author } from '../audit/author';
import { OperationError } from '../operation-error';
import { parsePerson } from '../optouts/subject';
import type { Stores } from '../stores';
import { getDeadLetter } from './find';

/** What an event stores of them, in characters. */
const MAX_BY = 200;
const MAX_WHY = 1_000;

/**
 * Replays a keyword from a person without a phone number, for the phone that the operator knows the person to have. The event
 * keeps its message, kind, sender and times, so a later word of the person still decides. In this order: the audit trail, the
 * event, the removal of the dead letter. After a crash in between, a repetition changes nothing in the ledger.
 *
 * @throws {OperationError} `letter_not_found`, `letter_not_resolvable`, `phone_invalid`, `channel_ambiguous`, `who_missing`
 */
export async function resolveDeadLetter(
  { queues, audit }: Pick<Stores, 'queues' | 'audit'>,
  id: string,
  { phone: text, ...author }: Partial<Author> & { readonly phone: string },
): Promise<InboundEvent> {
  const { by, why } = requireAuthor(author);
  const event = await previewResolved({ queues }, id, { phone: text, by, why });
  const { messageSid, channel, phone, sender } = event;
  await audit.add({ action: 'resolve', by, why, details: { id, messageSid, channel, phone, sender } });
  await enqueueInbound(queues, event);
  await queues.deadLetters.discard({ ids: [id] });
  return event;
}

/**
 * Returns the event that {@link resolveDeadLetter} would enqueue, and changes nothing.
 *
 * @throws {OperationError} `letter_not_found`, `letter_not_resolvable`, `phone_invalid`, `channel_ambiguous`
 */
export async function previewResolved(
  { queues }: Pick<Stores, 'queues'>,
  id: string,
  { phone: text, by = '', why = '' }: Partial<Author> & { readonly phone: string },
): Promise<InboundEvent> {
  const { deadLetter } = await getDeadLetter({ queues }, id);
  const { channel } = unresolvedEvent(deadLetter) ?? {};
  const { phone } = parsePerson(text, channel);
  const event = resolveEvent(deadLetter, { phone, by: by.slice(0, MAX_BY), why: why.slice(0, MAX_WHY) });
  if (!event) {
    throw new OperationError(
      'letter_not_resolvable',
      `dead letter ${id} is not a keyword from a person without a phone number; \`dlq show\` prints what it is`,
      'failed',
    );
  }
  return event;
}

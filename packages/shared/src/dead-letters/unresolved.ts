import { z } from 'zod';
import { InboundEvent } from '../domain/inbound-event';
import type { DeadLetter } from './dead-letter';

/**
 * A keyword from a person without a phone number, such as a WhatsApp user who has a username (`whatsapp:US.123`): the inbound
 * event, complete but for the phone. Times are missing where they are those of the delivery, so that two deliveries of the message
 * are one dead letter.
 */
const Unresolved = InboundEvent.omit({
  version: true,
  phone: true,
  occurredAt: true,
  orderAt: true,
  receivedAt: true,
}).extend({
  occurredAt: z.number().optional(),
  /** Of a blocked send: by how much the time it is ordered by is before `occurredAt`, in ms. */
  orderedBefore: z.number().optional(),
});

const Data = z.object({ unresolved: Unresolved });

/** The event of a dead letter that an operator can resolve to a phone; `undefined` for any other dead letter. */
export function unresolvedEvent({
  undone,
}: Pick<DeadLetter, 'undone'>): z.infer<typeof Unresolved> | undefined {
  const parsed = Data.safeParse(undone.type === 'raw' ? undone.data : undefined);
  return parsed.success ? parsed.data.unresolved : undefined;
}

/**
 * The inbound event of a dead letter, for the phone that an operator knows the person to have.
 *
 * @throws {ZodError} when `by` or `why` is too long
 */
export function resolveEvent(
  deadLetter: DeadLetter,
  resolved: Pick<InboundEvent, 'phone' | 'by' | 'why'>,
): InboundEvent | undefined {
  const unresolved = unresolvedEvent(deadLetter);
  if (!unresolved) return undefined;
  const { orderedBefore, occurredAt = deadLetter.firstFailedAt, ...event } = unresolved;
  return InboundEvent.parse({
    version: 1,
    ...event,
    ...resolved,
    occurredAt,
    ...(orderedBefore !== undefined && { orderAt: Math.max(0, occurredAt - orderedBefore) }),
    receivedAt: deadLetter.firstFailedAt,
  });
}

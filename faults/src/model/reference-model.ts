import type { Message } from '../workload/subscriber';

/** A time of Event Streams that is a whole second may be one to the second: of it a STOP counts as the last millisecond. */
function numberOf({ kind, sentAt, streamed }: Message): number {
  return kind === 'stop' && streamed && sentAt % 1_000 === 0 ? sentAt + 999 : sentAt;
}

/** Whether `a` is the later one: by its number, then the STOP. */
function isLater(a: Message, b: Message): boolean {
  return numberOf(a) === numberOf(b) ? a.kind === 'stop' : numberOf(a) > numberOf(b);
}

/**
 * The attribute that everyone with the number must have after these accepted messages: per sender the message sent last
 * decides, and one stopped sender is enough. `undefined` when no message is a STOP or START: the attribute was never set.
 * Written independently of the product's own rules, which it checks.
 */
export function expectedAttribute(messages: readonly Message[]): boolean | undefined {
  const last = new Map<string, Message>();
  for (const message of messages) {
    const current = last.get(message.sender);
    if (message.kind !== 'help' && (!current || isLater(message, current))) {
      last.set(message.sender, message);
    }
  }
  return last.size === 0 ? undefined : [...last.values()].some(({ kind }) => kind === 'stop');
}

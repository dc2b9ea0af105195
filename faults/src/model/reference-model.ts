import type { Message } from '../workload/subscriber';

/**
 * The attribute that everyone with the number must have after these accepted messages: per sender the message sent last
 * decides, and one stopped sender is enough. `undefined` when no message is a STOP or START: the attribute was never set.
 * Written independently of the product's own rules, which it checks.
 */
export function expectedAttribute(messages: readonly Message[]): boolean | undefined {
  const last = new Map<string, Message>();
  for (const message of messages) {
    const current = last.get(message.sender);
    if (message.kind !== 'help' && (!current || message.sentAt > current.sentAt)) {
      last.set(message.sender, message);
    }
  }
  return last.size === 0 ? undefined : [...last.values()].some(({ kind }) => kind === 'stop');
}

import type { Message } from '../workload/message';

/**
 * What the attribute of everybody with the number must be, by what was said alone: to each sender the message sent last
 * decides, and one sender that is stopped is enough. `undefined`: nobody has said STOP or START, so it was never set.
 * Written without the product's own rules, which it judges.
 */
export function expectedAttribute(said: readonly Message[]): boolean | undefined {
  const last = new Map<string, Message>();
  for (const message of said) {
    const present = last.get(message.sender);
    if (message.kind !== 'help' && (!present || message.sentAt > present.sentAt)) {
      last.set(message.sender, message);
    }
  }
  return last.size === 0 ? undefined : [...last.values()].some(({ kind }) => kind === 'stop');
}

import type { ConsentPolicy } from '@optout-sync/shared/domain';

/** A message as the reference sees it. No two messages of a number have the same time. */
export interface ReferenceMessage {
  readonly kind: 'stop' | 'start' | 'help';
  readonly sender: string;
  /** When it was sent, in ms since 1970. */
  readonly at: number;
}

/**
 * Whether a number is opted out after these messages, in whatever order they arrived: per sender the message sent last
 * decides; under `any` one stopped sender is enough, under `last` the latest message to any sender decides. Written
 * independently of the product's rules, which it checks.
 */
export function isStopped(messages: readonly ReferenceMessage[], policy: ConsentPolicy): boolean {
  const latest = new Map<string, ReferenceMessage>();
  for (const message of messages) {
    if (message.kind === 'help') continue;
    const present = latest.get(message.sender);
    if (!present || message.at > present.at) latest.set(message.sender, message);
  }
  const decisive = [...latest.values()].sort((one, other) => other.at - one.at);
  if (policy === 'last') return decisive[0]?.kind === 'stop';
  return decisive.some(({ kind }) => kind === 'stop');
}

/** Spellings with a country. */
export function countrySpellings(phone: string): string[] {
  return [phone, phone.slice(1)];
}

/** All spellings by which the search of the model's workspaces finds a number: also as a number of the default country. */
export function findableSpellings(phone: string): string[] {
  return [...countrySpellings(phone), phone.slice(-10)];
}

/** Whether a stored value is this number in any spelling: the last ten digits decide, as all numbers have the same country. */
export function isSpellingOf(stored: unknown, phone: string): boolean {
  return typeof stored === 'string' && stored.replace(/\D/g, '').slice(-10) === phone.slice(-10);
}

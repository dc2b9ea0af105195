import { e164Spellings } from '../domain/phone';
import type { Subject } from '../domain/subject';

/** The prefix of the keys of all entries. */
export function ledgerPrefix(prefix: string): string {
  return `${prefix}:ledger:`;
}

/**
 * The key of one entry. In a cluster, an entry is in the slot of its phone. Nothing is written under another spelling of a number
 * than the canonical one.
 */
export function ledgerKey(prefix: string, subject: Subject): string {
  return keysAsSpelled(prefix, canonical(subject)).entry;
}

/** The key of the older messages of one entry, in the same slot. */
export function historyKey(prefix: string, subject: Subject): string {
  return keysAsSpelled(prefix, canonical(subject)).history;
}

/** The keys under the spelling of the number that the subject has: those of a version that knows one spelling. */
export function keysAsSpelled(
  prefix: string,
  { workspace, channel, phone }: Subject,
): { readonly entry: string; readonly history: string } {
  const tag = `{${workspace}:${channel}:${phone}}`;
  return { entry: `${ledgerPrefix(prefix)}${tag}`, history: `${prefix}:history:${tag}` };
}

function canonical(subject: Subject): Subject {
  return { ...subject, phone: e164Spellings(subject.phone)[0] };
}

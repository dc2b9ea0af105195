import { e164Spellings, type E164 } from '@optout-sync/shared/domain';

/**
 * Matches a text with the number in any spelling: what Twilio sent is not parsed yet in a batch, and is percent-encoded in a forward,
 * where `%20` may stand in front of the number.
 */
export function namesOf(phone: E164): RegExp {
  const digits = e164Spellings(phone).map((spelling) => spelling.slice(1));
  return new RegExp(`(?:(?<!\\d)|(?<=%[\\da-f]{2}))(?:${digits.join('|')})(?!\\d)`, 'i');
}

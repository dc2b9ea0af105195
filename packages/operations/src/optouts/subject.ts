import {
  parseAddress,
  parseSender as parse,
  parseSenderTo as parseTo,
  type Channel,
  type E164,
  type ParsedSender,
} from '@optout-sync/shared/domain';
import { OperationError } from '../operation-error';

export interface Person {
  readonly channel: Channel;
  readonly phone: E164;
}

/**
 * Parses a phone as an operator writes it. The channel is the prefix of the phone (`whatsapp:+14155550123`), else `channel`,
 * else SMS.
 *
 * @throws {OperationError} `phone_invalid`, `channel_ambiguous`
 */
export function parsePerson(text: string, channel: Channel | undefined): Person {
  const address = parseAddress(text);
  if (address.kind !== 'phone') {
    throw new OperationError(
      'phone_invalid',
      'the phone is not valid; write it like +14155550123 or whatsapp:+14155550123, without spaces',
    );
  }
  const prefix = text.includes(':') ? address.channel : undefined;
  if (prefix && channel && prefix !== channel) {
    throw new OperationError(
      'channel_ambiguous',
      `the phone names the channel ${prefix}, but ${channel} is given; give one of them`,
    );
  }
  return { phone: address.phone, channel: prefix ?? channel ?? 'sms' };
}

/**
 * Parses a sender as an operator writes it, and returns it as Twilio and the ledger spell it.
 *
 * @throws {OperationError} `sender_invalid`
 */
export function parseSender(text: string, channel: Channel): string {
  return orThrow(parse(text, channel));
}

/**
 * Parses the sender of a person's consent like {@link parseSender}. It is never the person.
 *
 * @throws {OperationError} `sender_invalid`
 */
export function parseSenderTo(person: Person, text: string): string {
  return orThrow(parseTo(person, text));
}

function orThrow(parsed: ParsedSender): string {
  if (parsed.kind === 'invalid') throw new OperationError('sender_invalid', parsed.problem);
  return parsed.sender;
}

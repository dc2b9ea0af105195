import { isMessagingServiceSid, parseAddress, type Channel, type E164 } from '@optout-sync/shared/domain';
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
  const sender = text.trim();
  if (isMessagingServiceSid(sender)) return sender;
  if (sender === '' || sender.startsWith('MG')) {
    throw new OperationError(
      'sender_invalid',
      'the sender must be a Messaging Service (MG and 32 hexadecimal digits) or one of your numbers',
    );
  }
  const address = parseAddress(sender);
  if (sender.startsWith('+') && address.kind !== 'phone') {
    throw new OperationError(
      'sender_invalid',
      'the number of the sender is not valid; write it like +15005550006, without spaces',
    );
  }
  if (sender.startsWith('+')) return channel === 'whatsapp' ? `whatsapp:${sender}` : sender;
  if (sender.includes(':') && (address.kind === 'unknown_channel' || address.channel !== channel)) {
    throw new OperationError('sender_invalid', `the sender is not on the channel ${channel}`);
  }
  return sender;
}

/**
 * Parses the sender of a person's consent like {@link parseSender}. It is never the person: senders are shown whole, and phones
 * masked.
 *
 * @throws {OperationError} `sender_invalid`
 */
export function parseSenderTo({ phone, channel }: Person, text: string): string {
  const sender = parseSender(text, channel);
  const address = parseAddress(sender);
  if (address.kind !== 'phone' || address.phone !== phone) return sender;
  throw new OperationError(
    'sender_invalid',
    'the sender is the phone itself; give your Messaging Service or number',
  );
}

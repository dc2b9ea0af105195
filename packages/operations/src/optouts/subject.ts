import { isMessagingServiceSid, parseAddress, type Channel, type E164 } from '@optout-sync/shared/domain';
import { OperationError } from '../operation-error';

/** Whose consent, on which channel. */
export interface Person {
  readonly channel: Channel;
  readonly phone: E164;
}

/**
 * Reads a phone as an operator gives it, with the channel in front of it (`whatsapp:+14155550123`) or apart; without
 * either it is SMS. Throws a CommandError.
 */
export function parsePerson(text: string, channel: Channel | undefined): Person {
  const address = parseAddress(text);
  if (address.kind !== 'phone') {
    throw new OperationError(
      'phone_invalid',
      'the phone must be written like +14155550123 or whatsapp:+14155550123, without spaces',
    );
  }
  const named = text.includes(':') ? address.channel : undefined;
  if (named && channel && named !== channel) {
    throw new OperationError('channel_ambiguous', `the phone says ${named}, but --channel says ${channel}`);
  }
  return { phone: address.phone, channel: named ?? channel ?? 'sms' };
}

/** A sender of ours, spelled as Twilio does and the ledger has it. Throws a CommandError. */
export function parseSender(text: string, channel: Channel): string {
  const sender = text.trim();
  if (isMessagingServiceSid(sender)) return sender;
  if (sender === '' || sender.startsWith('MG')) {
    throw new OperationError(
      'sender_invalid',
      'the sender must be a Messaging Service (MG and 32 hexadecimal digits) or a number of yours',
    );
  }
  const address = parseAddress(sender);
  if (sender.startsWith('+') && address.kind !== 'phone') {
    throw new OperationError(
      'sender_invalid',
      'the number must be written like +15005550006, without spaces',
    );
  }
  if (sender.startsWith('+')) return channel === 'whatsapp' ? `whatsapp:${sender}` : sender;
  if (sender.includes(':') && (address.kind === 'unknown_channel' || address.channel !== channel)) {
    throw new OperationError('sender_invalid', `the sender is not on ${channel}`);
  }
  return sender;
}

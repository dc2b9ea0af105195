import { isMessagingServiceSid } from './twilio-ids';
import { parseAddress, type Channel, type E164 } from './phone';

/** A sender as Twilio and the ledger spell it, or what is wrong with it. */
export type ParsedSender =
  | { readonly kind: 'sender'; readonly sender: string }
  | { readonly kind: 'invalid'; readonly problem: string };

/**
 * Parses a sender as people and other systems write it: the SID of a Messaging Service, or one of our numbers, short codes or
 * WhatsApp addresses. A number gets the prefix of the channel.
 */
export function parseSender(text: string, channel: Channel): ParsedSender {
  const sender = text.trim();
  if (isMessagingServiceSid(sender)) return valid(sender);
  if (sender === '' || sender.startsWith('MG')) {
    return invalid(
      'the sender must be a Messaging Service (MG and 32 hexadecimal digits) or one of your numbers',
    );
  }
  if (isNumberWithoutPlus(sender)) {
    return invalid('the number of the sender has no plus and country code; write it like +15005550006');
  }
  const address = parseAddress(sender);
  if (sender.startsWith('+') && address.kind !== 'phone') {
    return invalid('the number of the sender is not valid; write it like +15005550006, without spaces');
  }
  if (sender.startsWith('+')) return valid(channel === 'whatsapp' ? `whatsapp:${sender}` : sender);
  if (sender.includes(':') && (address.kind === 'unknown_channel' || address.channel !== channel)) {
    return invalid(`the sender is not on the channel ${channel}`);
  }
  return valid(sender);
}

/**
 * Whether a sender is a number that lacks its plus: a short code has at most 8 digits, and a name has a letter. No message has such a
 * sender, so an opt-out or a route of it would be of nobody.
 */
export const isNumberWithoutPlus = (sender: string): boolean => /^(?:\w+:)?\d{9,}$/.test(sender);

/** Parses the sender of a person's consent. It is never the person: senders are shown whole, and phones masked. */
export function parseSenderTo(
  { phone, channel }: { readonly phone: E164; readonly channel: Channel },
  text: string,
): ParsedSender {
  const parsed = parseSender(text, channel);
  if (parsed.kind === 'invalid') return parsed;
  const address = parseAddress(parsed.sender);
  return address.kind === 'phone' && address.phone === phone
    ? invalid('the sender is the phone itself; give your Messaging Service or number')
    : parsed;
}

const valid = (sender: string): ParsedSender => ({ kind: 'sender', sender });
const invalid = (problem: string): ParsedSender => ({ kind: 'invalid', problem });

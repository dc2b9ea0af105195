import type { Conversation } from './conversations';
import type { Random } from './random';
import type { AddressedMessage, Message, Subscriber } from './subscriber';
import type { TwilioSender } from './twilio-sender';

export const SENDERS = ['1', '2'].map((n) => `MG0000000000000000000000000000000${n}`);
const KINDS = ['stop', 'stop', 'start', 'start', 'help'] as const;
/** Share of the webhook messages that are delivered to both ingests at once. */
const TO_BOTH = 0.15;
/** Share of the messages that Event Streams deliver again later. */
const REDELIVERED = 0.15;

/** Is called for every accepted message. */
export type OnAccepted = (subscriber: Subscriber, message: Message) => void;

/** Makes up messages and delivers them by webhook or Event Streams, some of them twice. */
export class Deliveries {
  private toRedeliver: AddressedMessage[] = [];

  constructor(
    private readonly deps: {
      readonly twilio: TwilioSender;
      readonly random: Random;
      readonly webhooksOnly: boolean;
      readonly onAccepted: OnAccepted;
    },
  ) {}

  /** Delivers the next message of a conversation by webhook. Resolves when all its deliveries are accepted. */
  async byWebhook(conversation: Conversation): Promise<void> {
    const { twilio, random, webhooksOnly } = this.deps;
    const again = !webhooksOnly && random.chance(REDELIVERED);
    const message = this.newMessage(conversation, Date.now(), again);
    const first = random.between(0, 1);
    const toBoth = random.chance(TO_BOTH);
    await Promise.all([
      twilio.deliver(message, first),
      ...(toBoth ? [twilio.deliver(message, 1 - first)] : []),
    ]);
    this.noteAccepted(conversation.subscriber, message);
    conversation.lastAt = Date.now();
    if (again) this.toRedeliver.push(message);
  }

  /** Delivers the next `count` messages of a conversation by Event Streams, shuffled, in up to two batches at once. */
  async byStream(conversation: Conversation, count: number): Promise<void> {
    const { twilio, random } = this.deps;
    const messages = Array.from({ length: count }, () => {
      conversation.lastAt += random.between(1, 2_000);
      return this.newMessage(conversation, conversation.lastAt, true);
    });
    const shuffled = random.shuffled(messages);
    const cut = random.between(0, count);
    const first = random.between(0, 1);
    await Promise.all(
      [shuffled.slice(0, cut), shuffled.slice(cut)]
        .filter((batch) => batch.length > 0)
        .map((batch, n) => twilio.stream(batch, (first + n) % 2)),
    );
    for (const message of messages) this.noteAccepted(conversation.subscriber, message);
    if (random.chance(REDELIVERED)) this.toRedeliver.push(random.pick(messages));
  }

  /** Sends a message with a forged signature. Resolves to whether it was accepted. */
  async forged(conversation: Conversation): Promise<boolean> {
    const { twilio, random } = this.deps;
    const status = await twilio.forge(this.newMessage(conversation, Date.now(), false), random.between(0, 1));
    return status >= 200 && status < 300;
  }

  /** Delivers by Event Streams what waits for its second delivery. */
  async redeliver(): Promise<void> {
    const { random, twilio } = this.deps;
    const batch = random.shuffled(this.toRedeliver.splice(0, Infinity));
    if (batch.length > 0) await twilio.stream(batch, random.between(0, 1));
  }

  private newMessage({ subscriber }: Conversation, sentAt: number, streamed: boolean): AddressedMessage {
    const { random } = this.deps;
    return {
      sid: `SM${random.hex(32)}`,
      kind: random.pick(KINDS),
      sender: random.pick(SENDERS),
      sentAt,
      streamed,
      phone: subscriber.phone,
    };
  }

  private noteAccepted(
    subscriber: Subscriber,
    { sid, kind, sender, sentAt, streamed }: AddressedMessage,
  ): void {
    const message = { sid, kind, sender, sentAt, streamed };
    subscriber.accepted.push(message);
    this.deps.onAccepted(subscriber, message);
  }
}

import type { Population } from './population';
import type { Random } from './random';
import type { Subscriber } from './subscriber';

/** A subscriber is retired after about this many messages: the ledger retains 100 events of a phone. */
const MESSAGES_PER_SUBSCRIBER = 12;
/** Share of the subscribers whose messages arrive by Event Streams only, in any order. */
const BY_STREAM = 0.3;
/** The first message of such a subscriber is sent this long ago. */
const STREAM_HISTORY_MS = 120_000;

/** A subscriber in the course of sending messages. */
export interface Conversation {
  readonly subscriber: Subscriber;
  readonly byStream: boolean;
  /** Number of messages sent so far. */
  sent: number;
  /** Whether a message of this subscriber is being delivered. */
  busy: boolean;
  /** When the last message was accepted (webhook) or sent (Event Streams), in ms since 1970. */
  lastAt: number;
}

/** The subscribers that send messages at present, and all subscribers so far. */
export class Conversations {
  readonly subscribers: Subscriber[] = [];
  private active: Conversation[] = [];

  constructor(
    private readonly deps: {
      readonly population: Population;
      readonly random: Random;
      readonly perSecond: number;
      readonly webhooksOnly: boolean;
    },
  ) {}

  /** Whether no message is being delivered. */
  get allIdle(): boolean {
    return this.active.every(({ busy }) => !busy);
  }

  /** Ends all conversations: later messages come from new subscribers. */
  retireAll(): void {
    this.active = [];
  }

  /** Leaves all subscribers so far out of the list; their conversations must have ended. */
  forgetAll(): void {
    this.subscribers.splice(0, Infinity);
  }

  /** A conversation that is not busy and, by webhook, had no message accepted within this millisecond. */
  next(): Conversation {
    const { random, perSecond } = this.deps;
    this.active = this.active.filter(({ busy, sent }) => busy || sent < MESSAGES_PER_SUBSCRIBER);
    const now = Date.now();
    const free = this.active.filter(({ busy, lastAt }) => !busy && lastAt < now);
    return free.length > perSecond / 2 ? random.pick(free) : this.begin(now);
  }

  private begin(now: number): Conversation {
    const { random, population, webhooksOnly } = this.deps;
    const subscriber = population.newSubscriber(random);
    this.subscribers.push(subscriber);
    const byStream = !webhooksOnly && random.chance(BY_STREAM);
    const lastAt = byStream ? now - STREAM_HISTORY_MS : 0;
    const conversation = { subscriber, byStream, sent: 0, busy: false, lastAt };
    this.active.push(conversation);
    return conversation;
  }
}

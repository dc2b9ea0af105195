import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@optout-sync/local-runtime/process';
import { Conversations } from './conversations';
import { Deliveries, type OnAccepted } from './deliveries';
import type { Population } from './population';
import type { Random } from './random';
import type { Subscriber } from './subscriber';
import type { TwilioSender } from './twilio-sender';

const TICK_MS = 20;
const REDELIVER_EVERY_MS = 300;
const MAX_IN_FLIGHT = 400;
const ACCEPTED_WITHIN_MS = 90_000;
/** Number of forged requests, as a share of the webhook requests and batches. */
const FORGED = 0.02;

export interface WorkloadOptions {
  readonly twilio: TwilioSender;
  readonly population: Population;
  readonly random: Random;
  readonly perSecond: number;
  /** No Event Streams: each message is delivered by webhook, in the order of sending. */
  readonly webhooksOnly: boolean;
  readonly onAccepted: OnAccepted;
}

/**
 * Sends messages of many subscribers at a steady rate, whatever fails. Half of them contradict the message before.
 *
 * A webhook does not carry the time its message was sent. By webhook, therefore, a subscriber's next message is sent only
 * after all deliveries of the last one were accepted: then arrival is the order. Event Streams carry the time: by them the
 * messages of one subscriber arrive in any order, and messages that arrived by webhook are delivered again at any time later.
 *
 * States:
 * - `running`: from `start` on. Messages are sent.
 * - `paused`: during `withNewSubscribers`. Nothing new is sent, messages in flight are still retried.
 * - `stopped`: after `stop`, or after the first failure. Nothing is sent any more.
 */
export class Workload {
  accepted = 0;
  /** Number of messages with a forged signature that were accepted. */
  forgedAccepted = 0;
  private state: 'running' | 'paused' | 'stopped' = 'running';
  private failure: { readonly error: unknown } | undefined;
  private loops: Promise<unknown> = Promise.resolve();
  private readonly inFlight = new Set<Promise<void>>();
  private readonly conversations: Conversations;
  private readonly deliveries: Deliveries;

  constructor(private readonly options: WorkloadOptions) {
    this.conversations = new Conversations(options);
    this.deliveries = new Deliveries({
      ...options,
      onAccepted: (subscriber, message) => {
        this.accepted += 1;
        options.onAccepted(subscriber, message);
      },
    });
  }

  /** All subscribers who sent a message so far. */
  get subscribers(): readonly Subscriber[] {
    return this.conversations.subscribers;
  }

  start(): void {
    this.loops = Promise.all([this.sendAtRate(), this.redeliverRegularly()]).catch((error: unknown) =>
      this.fail(error),
    );
  }

  /**
   * Waits until `messages` more messages are accepted.
   *
   * @throws {Error} the first failed delivery, if there is one, or when they are not accepted in 90 s
   */
  async waitForAccepted(messages: number): Promise<void> {
    const target = this.accepted + messages;
    await waitFor(() => this.failure !== undefined || this.accepted >= target, {
      what: `${String(messages)} more messages to be accepted`,
      timeoutMs: ACCEPTED_WITHIN_MS,
    });
    this.throwFailure();
  }

  /**
   * Pauses, runs `action` once every message in flight is accepted, and continues with other subscribers.
   *
   * @throws {Error} the first failed delivery, if there is one, or when messages are not accepted in 90 s
   */
  async withNewSubscribers(action: () => Promise<void>): Promise<void> {
    this.state = 'paused';
    await waitFor(() => this.conversations.allIdle, {
      what: 'all messages in flight to be accepted',
      timeoutMs: ACCEPTED_WITHIN_MS,
    });
    this.throwFailure();
    this.conversations.retireAll();
    await action();
    this.state = 'running';
  }

  /** Leaves the subscribers so far out of the check: what they sent is destroyed on purpose. */
  forgetSubscribers(): void {
    this.conversations.forgetAll();
  }

  /**
   * Stops sending. Resolves when every message in flight is accepted.
   *
   * @throws {Error} the first failed delivery, if there is one
   */
  async stop(): Promise<void> {
    this.state = 'stopped';
    await this.loops;
    await Promise.all(this.inFlight);
    await this.deliveries.redeliver();
    this.throwFailure();
  }

  private async sendAtRate(): Promise<void> {
    const { perSecond } = this.options;
    const startedAt = performance.now();
    let sent = 0;
    while (this.state !== 'stopped') {
      const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond);
      // Messages that could not be sent while nothing was accepted are not sent later in a burst.
      sent = this.state === 'paused' ? due : Math.max(sent, due - perSecond);
      while (sent < due && this.inFlight.size < MAX_IN_FLIGHT) sent += this.sendNext();
      await delay(TICK_MS);
    }
  }

  /** Starts the next delivery; returns how many messages it carries. */
  private sendNext(): number {
    const { random } = this.options;
    const conversation = this.conversations.next();
    if (random.chance(FORGED)) this.track(this.sendForged(conversation));
    const count = conversation.byStream ? random.between(2, 4) : 1;
    conversation.sent += count;
    conversation.busy = true;
    const sending = conversation.byStream
      ? this.deliveries.byStream(conversation, count)
      : this.deliveries.byWebhook(conversation);
    this.track(sending.finally(() => (conversation.busy = false)));
    return count;
  }

  private async sendForged(conversation: Parameters<Deliveries['forged']>[0]): Promise<void> {
    if (await this.deliveries.forged(conversation)) this.forgedAccepted += 1;
  }

  private async redeliverRegularly(): Promise<void> {
    while (this.state !== 'stopped') {
      await delay(REDELIVER_EVERY_MS);
      this.track(this.deliveries.redeliver());
    }
  }

  private track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.fail(error))
      .finally(() => this.inFlight.delete(tracked));
    this.inFlight.add(tracked);
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
    this.state = 'stopped';
  }

  private throwFailure(): void {
    if (this.failure) throw this.failure.error as Error;
  }
}

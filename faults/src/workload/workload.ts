import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { Random } from '../random';
import type { Caller, Message } from './message';
import type { Population } from './population';
import type { Told, Twilio } from './twilio';

const SENDERS = ['1', '2'].map((n) => `MG0000000000000000000000000000000${n}`);
const KINDS = ['stop', 'stop', 'start', 'start', 'help'] as const;
/** A caller is replaced after about so many messages: the ledger keeps 100 of a phone. */
const MESSAGES_PER_CALLER = 12;
const TICK_MS = 20;
const RETELL_MS = 300;
const MOST_UNDER_WAY = 400;
/** Of the messages by webhook: delivered to both ingests at once; told again later by Event Streams. */
const TWICE = 0.15;
const RETOLD = 0.15;
const FORGED = 0.02;
/** Of the callers: theirs come by Event Streams alone, in any order. */
const BY_STREAM = 0.3;

interface Talk {
  readonly caller: Caller;
  readonly byStream: boolean;
  said: number;
  busy: boolean;
  /** When the last message was accepted; those by stream tell their own times. */
  lastAt: number;
}

/** Hears of every message that was accepted. */
export type OnAccepted = (caller: Caller, message: Message) => void;

/**
 * What people say, at a steady rate whatever becomes of it. Half of it contradicts what was said a moment ago.
 *
 * A webhook does not tell when its message was sent, so by webhook a person's next message comes only after the last was
 * accepted, all its deliveries included: then arrival is the order. Event Streams tell the time; by them messages of one
 * person come in any order, and those that came by webhook are told again at any time later.
 */
export class Workload {
  readonly callers: Caller[] = [];
  accepted = 0;
  /** Signed with a wrong token and taken all the same. */
  forgedAccepted = 0;
  private talks: Talk[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private retold: Told[] = [];
  private silent = false;
  private stopped = false;
  private running: Promise<unknown> = Promise.resolve();
  private failure: unknown;

  constructor(
    private readonly deps: {
      readonly twilio: Twilio;
      readonly crowd: Population;
      readonly random: Random;
      readonly perSecond: number;
      /** No Event Streams: messages are told once, in their order. */
      readonly webhooksOnly: boolean;
      readonly onAccepted: OnAccepted;
    },
  ) {}

  start(): void {
    this.running = Promise.all([this.talk(), this.retell()]).catch((error: unknown) => {
      this.failure ??= error;
    });
  }

  /** Waits until so many more messages are accepted. @throws what went wrong with one, if something did */
  async more(messages: number): Promise<void> {
    const target = this.accepted + messages;
    await waitFor(() => this.failure !== undefined || this.accepted >= target, {
      what: `${String(messages)} more messages to be accepted`,
      timeoutMs: 90_000,
    });
    this.throwFailure();
  }

  /** Falls silent, does something when all that was said is accepted, and lets other people talk. */
  async changePeople(meanwhile: () => Promise<void>): Promise<void> {
    this.silent = true;
    await waitFor(() => this.talks.every(({ busy }) => !busy), {
      what: 'all that was said to be accepted',
      timeoutMs: 90_000,
    });
    this.throwFailure();
    this.talks = [];
    await meanwhile();
    this.silent = false;
  }

  /** Ends when all that was said is accepted. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
    await Promise.all(this.underWay);
    await this.tellAgain();
    this.throwFailure();
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure as Error;
  }

  private async talk(): Promise<void> {
    const startedAt = performance.now();
    let said = 0;
    while (!this.stopped && this.failure === undefined) {
      const due = Math.floor(((performance.now() - startedAt) / 1_000) * this.deps.perSecond);
      // What could not be said while nothing went through is not made up for in a burst.
      if (due - said > this.deps.perSecond) said = due - this.deps.perSecond;
      if (this.silent) said = due;
      while (said < due && this.underWay.size < MOST_UNDER_WAY) said += this.saySomething();
      await delay(TICK_MS);
    }
  }

  private saySomething(): number {
    const { random, twilio } = this.deps;
    const talk = this.freeTalk();
    if (random.chance(FORGED)) {
      const forged = { ...this.message(Date.now()), phone: talk.caller.phone };
      this.track(
        twilio.forge(forged, random.between(0, 1)).then((status) => {
          if (status >= 200 && status < 300) this.forgedAccepted += 1;
        }),
      );
    }
    const count = talk.byStream ? random.between(2, 4) : 1;
    talk.said += count;
    talk.busy = true;
    const saying = talk.byStream ? this.byStream(talk, count) : this.byWebhook(talk);
    this.track(saying.finally(() => (talk.busy = false)));
    return count;
  }

  private async byWebhook(talk: Talk): Promise<void> {
    const { twilio, random } = this.deps;
    const told = { ...this.message(Date.now()), phone: talk.caller.phone };
    const first = random.between(0, 1);
    const twice = random.chance(TWICE);
    const again = !this.deps.webhooksOnly && random.chance(RETOLD);
    await Promise.all([twilio.deliver(told, first), ...(twice ? [twilio.deliver(told, 1 - first)] : [])]);
    this.isAccepted(talk.caller, told);
    talk.lastAt = Date.now();
    if (again) this.retold.push(told);
  }

  private async byStream(talk: Talk, count: number): Promise<void> {
    const { twilio, random } = this.deps;
    const told = Array.from({ length: count }, () => {
      talk.lastAt += random.between(1, 2_000);
      return { ...this.message(talk.lastAt), phone: talk.caller.phone };
    });
    const shuffled = random.shuffled(told);
    const cut = random.between(0, count);
    const first = random.between(0, 1);
    await Promise.all(
      [shuffled.slice(0, cut), shuffled.slice(cut)]
        .filter((batch) => batch.length > 0)
        .map((batch, n) => twilio.stream(batch, (first + n) % 2)),
    );
    for (const message of told) this.isAccepted(talk.caller, message);
    if (random.chance(RETOLD)) this.retold.push(random.pick(told));
  }

  private isAccepted(caller: Caller, { sid, kind, sender, sentAt }: Told): void {
    const message = { sid, kind, sender, sentAt };
    caller.accepted.push(message);
    this.accepted += 1;
    this.deps.onAccepted(caller, message);
  }

  private message(sentAt: number): Message {
    const { random } = this.deps;
    return { sid: `SM${random.hex(32)}`, kind: random.pick(KINDS), sender: random.pick(SENDERS), sentAt };
  }

  /** Somebody who is not just saying something and, by webhook, said nothing within this millisecond. */
  private freeTalk(): Talk {
    const { random, crowd, perSecond } = this.deps;
    this.talks = this.talks.filter((talk) => talk.busy || talk.said < MESSAGES_PER_CALLER);
    const now = Date.now();
    const free = this.talks.filter((talk) => !talk.busy && talk.lastAt < now);
    if (free.length > perSecond / 2) return random.pick(free);
    const caller = crowd.caller(random);
    this.callers.push(caller);
    const byStream = !this.deps.webhooksOnly && random.chance(BY_STREAM);
    const talk = { caller, byStream, said: 0, busy: false, lastAt: byStream ? now - 120_000 : 0 };
    this.talks.push(talk);
    return talk;
  }

  private async retell(): Promise<void> {
    while (!this.stopped && this.failure === undefined) {
      await delay(RETELL_MS);
      this.track(this.tellAgain());
    }
  }

  private async tellAgain(): Promise<void> {
    const { random, twilio } = this.deps;
    const batch = random.shuffled(this.retold.splice(0, Infinity));
    if (batch.length > 0) await twilio.stream(batch, random.between(0, 1));
  }

  private track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => {
        this.failure ??= error;
      })
      .finally(() => this.underWay.delete(tracked));
    this.underWay.add(tracked);
  }
}

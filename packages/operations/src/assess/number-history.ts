import {
  decidingMessage,
  isOptedOut,
  orderTimes,
  type Channel,
  type ConsentMessage,
  type ConsentPolicy,
  type E164,
  type InboundEvent,
  isWeakOptIn,
} from '@optout-sync/shared/domain';

/** A message in which somebody asks to stop without a keyword. */
export interface OwnWords {
  readonly messageSid: string;
  /** In ms since 1970. */
  readonly at: number;
  /** The name of the rule that found it. */
  readonly rule: string;
  readonly text: string;
}

/**
 * The confirmation of an opt-out: the one message that may be sent after it, within five minutes (47 CFR 64.1200(a)(12)).
 */
const CONFIRMATION_MS = 5 * 60_000;

/**
 * What a log says of one number, on one channel. Messages have to be added in the order in which they were sent.
 *
 * States: nothing said; `stopped` from the first opt-out that leaves the number opted out until an opt-in; `started` after that. What
 * was sent counts as `textedAfter` in the state `stopped` alone. Times in ms since 1970.
 */
export class NumberHistory {
  /** The message that decides for each sender: with messages in their order, it and the next one decide as all of them would. */
  private readonly deciding = new Map<string, ConsentMessage>();
  private confirmBy = -Infinity;
  state: 'none' | 'stopped' | 'started' = 'none';
  /** When the present state began. */
  since = 0;
  /** Whether a keyword was read; otherwise only blocked sends prove an opt-out, of before the span. */
  saidStop = false;
  /** The addresses of each sender: itself, and of a service the numbers that people replied to. */
  private readonly addresses = new Map<string, Set<string>>();
  /** Messages that Twilio did not send since, because of the opt-out. */
  blockedAfter = 0;
  /** Messages that were sent since, but for one confirmation within five minutes. */
  textedAfter = 0;
  lastTextedAt: number | undefined;
  ownWords: OwnWords | undefined;

  constructor(
    readonly channel: Channel,
    readonly phone: E164,
    private readonly policy: ConsentPolicy,
  ) {}

  /** Adds a STOP, a START or a blocked send. */
  addConsent(event: InboundEvent, isBlockedSend: boolean): void {
    const message = consentMessage(event);
    const senders = new Set([event.sender]);
    // A START to a service lifts the opt-out of its number too.
    if (event.kind === 'start' && event.ours !== undefined && this.deciding.has(event.ours))
      senders.add(event.ours);
    for (const sender of senders) this.decide(sender, message);
    const addresses = this.addresses.get(event.sender) ?? new Set([event.sender]);
    this.addresses.set(event.sender, event.ours === undefined ? addresses : addresses.add(event.ours));
    if (event.kind === 'start' && !isWeakOptIn(event)) this.ownWords = undefined;
    this.changeState(event.occurredAt);
    if (isBlockedSend) this.blockedAfter += 1;
    else if (event.kind === 'stop') {
      this.saidStop = true;
      this.confirmBy = event.occurredAt + CONFIRMATION_MS;
    }
  }

  addOwnWords(words: OwnWords): void {
    this.ownWords = words;
  }

  /** Adds a message to the person that was sent. */
  addSent(at: number): void {
    if (this.state !== 'stopped') return;
    if (at <= this.confirmBy) {
      this.confirmBy = -Infinity;
      return;
    }
    this.textedAfter += 1;
    this.lastTextedAt = at;
  }

  /** The senders that the number is opted out of. */
  get stoppedSenders(): string[] {
    return [...this.deciding].filter(([, { state }]) => state === 'stopped').map(([sender]) => sender);
  }

  /** What a list of opt-outs may call a sender: itself, and of a service its numbers. */
  addressesOf(sender: string): ReadonlySet<string> {
    return this.addresses.get(sender) ?? new Set([sender]);
  }

  private decide(sender: string, message: ConsentMessage): void {
    const known = this.deciding.get(sender);
    const decides = decidingMessage(known ? [known, message] : [message]);
    if (decides) this.deciding.set(sender, decides);
  }

  private changeState(at: number): void {
    const optedOut = isOptedOut([...this.deciding.values()], this.policy);
    if (optedOut === undefined) return;
    const state = optedOut ? 'stopped' : 'started';
    if (state === this.state) return;
    this.state = state;
    this.since = at;
    this.blockedAfter = 0;
    this.textedAfter = 0;
    this.lastTextedAt = undefined;
  }
}

function consentMessage(event: InboundEvent): ConsentMessage {
  const { messageSid, source, kind } = event;
  return {
    ...orderTimes(event),
    state: kind === 'stop' ? 'stopped' : 'started',
    source,
    messageSid,
    ...(isWeakOptIn(event) && { weak: true }),
  };
}

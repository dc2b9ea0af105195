import {
  parseAddress,
  restorePlus,
  type Channel,
  type ConsentPolicy,
  type E164,
} from '@optout-sync/shared/domain';
import { LoggedMessage } from '@optout-sync/twilio-api';
import { parseLoggedMessage, type Classifiers } from '../backfill/parse-message';
import { NumberHistory } from './number-history';

/** How many messages of each kind a log holds. */
export interface LogCounts {
  /** In both directions. */
  messages: number;
  inbound: number;
  optOuts: number;
  optIns: number;
  /** Messages that Twilio did not send, since its own list has the number (error 21610). */
  blockedSends: number;
  /** Opt-outs in words that no keyword list has. */
  ownWords: number;
  /** Messages that cannot be parsed, or a keyword from or to an address that is not a phone number. */
  notUnderstood: number;
}

/** What happens to a number, with its time in ms since 1970. */
interface Happening {
  readonly at: number;
  readonly sid: string;
  readonly apply: () => void;
}

/** Statuses of messages that did not leave: https://www.twilio.com/docs/messaging/api/message-resource#message-status-values */
const NOT_SENT: ReadonlySet<string> = new Set([
  'failed',
  'undelivered',
  'canceled',
  'scheduled',
  'accepted',
  'queued',
]);

/**
 * Folds a message log to what each number said last, and what was sent to it after that. Its memory grows with the numbers that said
 * anything about consent, and with the messages of one part of the log.
 */
export class LogFold {
  readonly counts: LogCounts = {
    messages: 0,
    inbound: 0,
    optOuts: 0,
    optIns: 0,
    blockedSends: 0,
    ownWords: 0,
    notUnderstood: 0,
  };
  private readonly histories = new Map<string, NumberHistory>();
  private part: Happening[] = [];
  private sids = new Set<string>();

  constructor(
    private readonly rules: Classifiers & {
      readonly policy: ConsentPolicy;
      /** Whether the people who wrote to a sender are assessed. */
      readonly isOfWorkspace: (sender: string) => boolean;
    },
    private readonly now: number,
  ) {}

  /** The numbers that said anything about consent, or are proven to have opted out. */
  get numbers(): NumberHistory[] {
    return [...this.histories.values()];
  }

  /** Adds messages of the present part of the log, in any order. One that is listed again counts once. */
  add(messages: readonly unknown[]): void {
    for (const raw of messages) {
      const parsed = LoggedMessage.safeParse(raw);
      const sid = parsed.success ? parsed.data.sid : undefined;
      if (sid !== undefined && this.sids.has(sid)) continue;
      if (sid !== undefined) this.sids.add(sid);
      this.counts.messages += 1;
      if (parsed.success) this.addMessage(parsed.data);
      else this.counts.notUnderstood += 1;
    }
  }

  /** Ends a part of the log: everything in it was sent before the parts that follow. */
  endPart(): void {
    this.part.sort((a, b) => a.at - b.at || (a.sid < b.sid ? -1 : 1));
    for (const { apply } of this.part) apply();
    this.part = [];
    this.sids = new Set();
  }

  private addMessage(message: LoggedMessage): void {
    const isInbound = message.direction === 'inbound';
    if (isInbound) this.counts.inbound += 1;
    const sender = message.messaging_service_sid || restorePlus(isInbound ? message.to : message.from);
    if (!this.rules.isOfWorkspace(sender)) return;
    const parsed = parseLoggedMessage(message, this.now, this.rules);
    switch (parsed.kind) {
      case 'unprocessable':
        this.counts.notUnderstood += 1;
        return;
      case 'other':
        if (!isInbound && !NOT_SENT.has(message.status)) this.addSent(message);
        return;
      case 'event':
        this.addEvent(message, parsed);
        return;
      default:
        parsed satisfies never;
    }
  }

  private addEvent(
    message: LoggedMessage,
    { event, blocked }: Extract<ReturnType<typeof parseLoggedMessage>, { kind: 'event' }>,
  ): void {
    const { counts } = this;
    const happens = (apply: () => void): void => {
      this.part.push({ at: event.orderAt ?? event.occurredAt, sid: message.sid, apply });
    };
    if (event.kind === 'review') {
      // A blocked send that may have other causes says nothing here.
      if (blocked) return;
      counts.ownWords += 1;
      const { phrase: rule = '', occurredAt: at } = event;
      const words = { messageSid: message.sid, at, rule, text: message.body };
      happens(() => {
        this.historyOf(event.channel, event.phone).addOwnWords(words);
      });
      return;
    }
    if (blocked) counts.blockedSends += 1;
    else if (event.kind === 'stop') counts.optOuts += 1;
    else counts.optIns += 1;
    happens(() => {
      this.historyOf(event.channel, event.phone).addConsent(event, blocked);
    });
  }

  private addSent(message: LoggedMessage): void {
    const address = parseAddress(message.to);
    const at = message.date_sent ?? message.date_created;
    if (address.kind !== 'phone' || at === undefined) return;
    const key = keyOf(address.channel, address.phone);
    this.part.push({ at, sid: message.sid, apply: () => this.histories.get(key)?.addSent(at) });
  }

  private historyOf(channel: Channel, phone: E164): NumberHistory {
    const key = keyOf(channel, phone);
    const history = this.histories.get(key) ?? new NumberHistory(channel, phone, this.rules.policy);
    this.histories.set(key, history);
    return history;
  }
}

const keyOf = (channel: Channel, phone: E164): string => `${channel}:${phone}`;

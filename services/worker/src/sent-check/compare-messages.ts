import { setImmediate as turn } from 'node:timers/promises';
import type { WorkspaceOf } from '@optout-sync/shared/config';
import {
  hasLeft,
  parseAddress,
  relateToOptOuts,
  restorePlus,
  type BlockedSends,
  type ConsentPolicy,
  type SentAfter,
  type SentAfterOptOut,
  type SentMessage,
  type Subject,
} from '@optout-sync/shared/domain';
import { UnreadableEntryError, type Ledger, type ReadEntry } from '@optout-sync/shared/ledger';
import { personMessagesOf, type SentAfterEntry, type SentAfterLists } from '@optout-sync/shared/sent-after';
import { LoggedMessage } from '@optout-sync/twilio-api';

export interface ComparedContext {
  readonly ledger: Pick<Ledger, 'readAll'>;
  readonly lists: Pick<SentAfterLists, 'add' | 'confirm'>;
  readonly blockedSends: BlockedSends;
  readonly workspaceOf: WorkspaceOf;
  readonly policyOf: (workspace: string) => ConsentPolicy | undefined;
  readonly numbersOf: (service: string) => readonly string[];
  /** The clock, in ms since 1970. */
  readonly now: () => number;
}

/** What a part of the log has. */
export interface ComparedPart {
  /** Messages that left, by sender. */
  readonly sent: ReadonlyMap<string, number>;
  readonly blocked: number;
  readonly confirmations: number;
  /** Messages to phones whose ledger entry this release cannot read. */
  readonly unreadable: number;
}

/** Messages that are compared at once: live events wait behind no more. */
const COMPARED_AT_ONCE = 50;

/** A message that left, to a phone of a workspace. */
interface LeftMessage {
  readonly subject: Subject;
  readonly message: LoggedMessage;
  readonly sent: SentMessage;
  readonly sentAt: number;
}

/** A message that was sent after an opt-out. */
interface Related extends LeftMessage {
  readonly relation: SentAfter;
  readonly optOut: SentAfterOptOut;
}

/**
 * Compares a part of Twilio's message log with the ledger. Messages may come in any order. Safe to repeat: what is found is stored by
 * its MessageSid.
 *
 * Its memory holds one page, and the messages in the five minutes after an opt-out: the first of them is its confirmation.
 */
export class MessageComparison {
  private readonly sent = new Map<string, number>();
  private found: SentAfterEntry[] = [];
  /** Each is a finding, unless it is the confirmation. */
  private readonly soonAfter: Related[] = [];
  private blocked = 0;
  private confirmations = 0;
  private unreadable = 0;

  /** @param counted the messages that are counted, by when they were sent: after `since`, until `until`, in ms since 1970 */
  constructor(
    private readonly context: ComparedContext,
    private readonly counted: { readonly since: number; readonly until: number },
  ) {}

  /** @param page messages as Twilio lists them. The ledger entry of each phone is read once, all of them in one round trip */
  async add(page: readonly unknown[]): Promise<void> {
    const left = page.flatMap((raw) => {
      const { data } = LoggedMessage.safeParse(raw);
      return data?.direction.startsWith('outbound') ? (this.countLeft(data) ?? []) : [];
    });
    const phones = new Map(left.map(({ subject }) => [keyOf(subject), subject]));
    const entries = await this.context.ledger.readAll([...phones.values()]);
    const entryOf = new Map([...phones.keys()].map((key, n) => [key, entries[n]]));
    for (let from = 0; from < left.length; from += COMPARED_AT_ONCE) {
      const some = left.slice(from, from + COMPARED_AT_ONCE);
      const related = some.flatMap((one) => this.relate(one, entryOf.get(keyOf(one.subject))) ?? []);
      await Promise.all(related.map((one) => this.store(one)));
      // Live events have their turn between.
      await turn();
    }
  }

  /** Returns what was found since the last call and was not known before. It is stored by now, so it is found only once. */
  takeFound(): readonly SentAfterEntry[] {
    const { found } = this;
    this.found = [];
    return found;
  }

  /** Ends the part, once all of its messages are added. */
  async end(): Promise<ComparedPart> {
    const { lists } = this.context;
    const inOrder = this.soonAfter.sort(
      (a, b) => a.sentAt - b.sentAt || (a.message.sid < b.message.sid ? -1 : 1),
    );
    for (const related of inOrder) {
      const { messageSid, isNew } = await lists.confirm(related.optOut.messageSid, related.message.sid);
      if (messageSid !== related.message.sid) await this.store(related);
      else if (isNew) this.confirmations += 1;
    }
    const { sent, blocked, confirmations, unreadable } = this;
    return { sent, blocked, confirmations, unreadable };
  }

  /** Counts a message. Returns it if it left, to a phone whose consent may be known. */
  private countLeft(message: LoggedMessage): LeftMessage | undefined {
    const { blockedSends, workspaceOf } = this.context;
    const sent = toSentMessage(message, blockedSends);
    this.count(sent);
    const { sentAt } = sent;
    if (sent.isBlocked || sentAt === undefined || !hasLeft(sent)) return undefined;
    const address = parseAddress(message.to);
    const workspace = workspaceOf(message.account_sid, senderOf(sent));
    if (address.kind !== 'phone' || workspace === undefined) return undefined;
    const { channel, phone } = address;
    return { subject: { workspace, channel, phone }, message, sent, sentAt };
  }

  /** Returns a message if it was sent after an opt-out. One that may be a confirmation is put aside until all are known. */
  private relate(left: LeftMessage, entry: ReadEntry): Related | undefined {
    if (entry instanceof UnreadableEntryError) this.unreadable += 1;
    if (!entry || entry instanceof UnreadableEntryError) return undefined;
    const { policyOf, numbersOf } = this.context;
    const policy = policyOf(left.subject.workspace) ?? 'any';
    const { relation, optOut } = relateToOptOuts(left.sent, personMessagesOf(entry), { policy, numbersOf });
    if (!optOut) return undefined;
    if (relation !== 'confirmation') return { ...left, relation, optOut };
    this.soonAfter.push({ ...left, relation: 'same_sender', optOut });
    return undefined;
  }

  private count(message: SentMessage): void {
    const { sentAt, isBlocked } = message;
    const { since, until } = this.counted;
    if (sentAt === undefined || sentAt <= since || sentAt > until) return;
    if (isBlocked) this.blocked += 1;
    if (isBlocked || !hasLeft(message)) return;
    const sender = senderOf(message);
    this.sent.set(sender, (this.sent.get(sender) ?? 0) + 1);
  }

  private async store({ subject, message, sentAt, relation, optOut }: Related): Promise<void> {
    const entry = {
      messageSid: message.sid,
      relation,
      ...subject,
      accountSid: message.account_sid,
      sender: message.messaging_service_sid || restorePlus(message.from),
      from: restorePlus(message.from),
      sentAt,
      status: message.status,
      optOut: { messageSid: optOut.messageSid, sender: optOut.sender, occurredAt: optOut.occurredAt },
      foundAt: this.context.now(),
    };
    if (await this.context.lists.add(entry)) this.found.push(entry);
  }
}

function toSentMessage(message: LoggedMessage, blockedSends: BlockedSends): SentMessage {
  const { sid, messaging_service_sid: messagingServiceSid, from, to, date_sent: sentAt, status } = message;
  const isBlocked = blockedSends.actionOf(message.error_code, to) === 'apply';
  return { messageSid: sid, messagingServiceSid, from: restorePlus(from), sentAt, status, isBlocked };
}

const keyOf = ({ workspace, channel, phone }: Subject): string => `${workspace}:${channel}:${phone}`;

const senderOf = ({ messagingServiceSid, from }: SentMessage): string => messagingServiceSid || from;

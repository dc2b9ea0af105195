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
import { UnreadableEntryError, type Ledger, type LedgerEntry } from '@optout-sync/shared/ledger';
import { personMessagesOf, type SentAfterEntry, type SentAfterLists } from '@optout-sync/shared/sent-after';
import { LoggedMessage } from '@optout-sync/twilio-api';

export interface ComparedContext {
  readonly ledger: Pick<Ledger, 'read'>;
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
  /** Ledger entries that this release cannot read. */
  readonly unreadable: number;
}

/** Reads of the ledger at once: live events wait behind no more. */
const READS_AT_ONCE = 50;

/** A message that was sent after an opt-out. */
interface Related {
  readonly subject: Subject;
  readonly message: LoggedMessage;
  readonly sentAt: number;
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
  private readonly soonAfter: Related[] = [];
  private blocked = 0;
  private confirmations = 0;
  private unreadable = 0;

  /** @param counted the messages that are counted, by when they were sent: after `since`, until `until`, in ms since 1970 */
  constructor(
    private readonly context: ComparedContext,
    private readonly counted: { readonly since: number; readonly until: number },
  ) {}

  async add(page: readonly unknown[]): Promise<void> {
    const messages = page.flatMap((raw) => {
      const { data } = LoggedMessage.safeParse(raw);
      return data?.direction.startsWith('outbound') ? [data] : [];
    });
    for (let from = 0; from < messages.length; from += READS_AT_ONCE) {
      await Promise.all(messages.slice(from, from + READS_AT_ONCE).map((message) => this.compare(message)));
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
      if (messageSid !== related.message.sid) await this.store(related, 'same_sender');
      else if (isNew) this.confirmations += 1;
    }
    const { sent, blocked, confirmations, unreadable } = this;
    return { sent, blocked, confirmations, unreadable };
  }

  private async compare(message: LoggedMessage): Promise<void> {
    const { blockedSends, workspaceOf } = this.context;
    const sent = toSentMessage(message, blockedSends);
    this.count(sent);
    const { sentAt } = sent;
    if (sent.isBlocked || sentAt === undefined || !hasLeft(sent)) return;
    const address = parseAddress(message.to);
    const workspace = workspaceOf(message.account_sid, senderOf(sent));
    if (address.kind !== 'phone' || workspace === undefined) return;
    const { channel, phone } = address;
    const subject = { workspace, channel, phone };
    const entry = await this.read(subject);
    if (!entry) return;
    const { relation, optOut } = relateToOptOuts(sent, personMessagesOf(entry), {
      policy: this.context.policyOf(workspace) ?? 'any',
      numbersOf: this.context.numbersOf,
      confirmedBy: () => undefined,
    });
    if (!optOut) return;
    const related = { subject, message, sentAt, optOut };
    if (relation === 'confirmation') this.soonAfter.push(related);
    else if (relation === 'same_sender' || relation === 'other_sender') await this.store(related, relation);
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

  private async read(subject: Subject): Promise<LedgerEntry | undefined> {
    try {
      return await this.context.ledger.read(subject);
    } catch (error) {
      if (!(error instanceof UnreadableEntryError)) throw error;
      this.unreadable += 1;
      return undefined;
    }
  }

  private async store({ subject, message, sentAt, optOut }: Related, relation: SentAfter): Promise<void> {
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

const senderOf = ({ messagingServiceSid, from }: SentMessage): string => messagingServiceSid || from;

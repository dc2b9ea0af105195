import {
  DEFAULT_KEYWORDS,
  createClassifier,
  type E164,
  type MessageSid,
  type Subject,
} from '@optout-sync/shared/domain';
import type { Ledger, RecordedOutcome } from '@optout-sync/shared/ledger';
import { withTimeout } from '@optout-sync/shared/service';
import { twilioMessage } from '@optout-sync/twilio-simulator';
import type { MessageForm } from './message-form';

/** A message that was sent from the page. */
interface SentMessage extends MessageForm {
  readonly sid: string;
  readonly sentAt: Date;
  /** What ingest answered: an HTTP status, or why there was no answer. */
  readonly answer: number | string;
}

/**
 * - `waits`: it is not recorded yet.
 * - `no_opt_out`: it holds no keyword, so nothing is recorded.
 * - `refused`: ingest did not accept it.
 * - `unknown`: Redis does not answer.
 */
export type MessageOutcome = RecordedOutcome | 'waits' | 'no_opt_out' | 'refused' | 'unknown';

export interface MessageWithOutcome extends SentMessage {
  readonly outcome: MessageOutcome;
}

const KEPT = 10;
const READ_MS = 1_000;

/** A demo has no setting for keywords. */
const classify = createClassifier(DEFAULT_KEYWORDS);

/** The latest messages that were sent from the page. The ledger has their outcomes. */
export class SentMessages {
  private messages: readonly SentMessage[] = [];

  constructor(private readonly ledger: Pick<Ledger, 'read'>) {}

  add(message: SentMessage): void {
    this.messages = [message, ...this.messages].slice(0, KEPT);
  }

  /** The latest first. */
  withOutcomes(): Promise<MessageWithOutcome[]> {
    return Promise.all(
      this.messages.map(async (message) => ({ ...message, outcome: await this.outcomeOf(message) })),
    );
  }

  private async outcomeOf({ sid, from, body, answer }: SentMessage): Promise<MessageOutcome> {
    if (answer !== 200) return 'refused';
    const { To = '', ToCountry } = twilioMessage();
    if (classify({ body, to: To, toCountry: ToCountry }).kind === 'none') return 'no_opt_out';
    return this.recorded(from, sid as MessageSid).catch(() => 'unknown');
  }

  /** @throws {TimeoutError} when Redis does not answer within a second */
  private async recorded(phone: E164, sid: MessageSid): Promise<MessageOutcome> {
    const subject: Subject = { workspace: 'default', channel: 'sms', phone };
    const entry = await withTimeout(this.ledger.read(subject), READ_MS);
    return entry?.history.find(({ messageSid }) => messageSid === sid)?.outcome ?? 'waits';
  }
}

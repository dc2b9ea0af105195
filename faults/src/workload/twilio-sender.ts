import { setTimeout as delay } from 'node:timers/promises';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import type { Running, System } from '@optout-sync/testkit/system';
import { streamInbound, twilioMessage, type TwilioAnswer } from '@optout-sync/twilio-simulator';
import type { AddressedMessage } from './subscriber';

/** A message that is refused for this long fails the scenario: Twilio would have given up long before. */
const GIVE_UP_MS = 60_000;
const RETRY_MS = 150;

/**
 * Delivers as Twilio does: a request that is not answered 2xx is sent again, to the other ingest first, as to a fallback
 * URL. Unlike Twilio it retries for a minute, so that every message ends accepted and has to be accounted for.
 */
export class TwilioSender {
  /** Number of requests sent. */
  deliveries = 0;
  /** Number of requests that were not answered 2xx, forgeries not counted. */
  failedDeliveries = 0;

  constructor(
    private readonly system: System,
    private readonly ingests: () => readonly (Running | undefined)[],
  ) {}

  /**
   * Resolves when the message is answered 2xx.
   *
   * @param first index of the ingest that gets the first attempt
   * @throws {Error} when it is refused for a minute
   */
  async deliver(message: AddressedMessage, first: number): Promise<void> {
    const params = paramsOf(message);
    await this.untilAccepted(first, (ingest) => this.system.deliver(ingest, params));
  }

  /**
   * Delivers a batch of Event Streams; see `deliver`.
   *
   * @throws {Error} when it is refused for a minute
   */
  async stream(batch: readonly AddressedMessage[], first: number): Promise<void> {
    const events = batch.map(({ sid, kind, sender, sentAt, phone }) =>
      streamInbound({
        messageSid: sid,
        timestamp: new Date(sentAt).toISOString(),
        from: phone,
        messagingServiceSid: sender,
        body: kind.toUpperCase(),
      }),
    );
    await this.untilAccepted(first, (ingest) =>
      this.system.deliverJson(ingest, WEBHOOK_PATHS.events, events),
    );
  }

  /** Sends a message with a wrong signature to an ingest. Resolves to the status of the answer, 0 without an answer. */
  async forge(message: AddressedMessage, index: number): Promise<number> {
    const ingest = this.ingests()[index];
    if (!ingest) return 0;
    this.deliveries += 1;
    return statusOf(this.system.deliver(ingest, paramsOf(message), { authToken: 'f'.repeat(32) }));
  }

  private async untilAccepted(first: number, send: (ingest: Running) => Promise<TwilioAnswer>) {
    const deadline = performance.now() + GIVE_UP_MS;
    for (let attempt = 0; ; attempt++) {
      const ingests = this.ingests();
      const ingest = ingests[(first + attempt) % ingests.length];
      this.deliveries += 1;
      const status = ingest ? await statusOf(send(ingest)) : 0;
      if (status >= 200 && status < 300) return;
      this.failedDeliveries += 1;
      if (performance.now() > deadline) {
        throw new Error(`a request was not accepted within a minute; the last status was ${String(status)}`);
      }
      if (attempt > 0) await delay(RETRY_MS);
    }
  }
}

function statusOf(answer: Promise<TwilioAnswer>): Promise<number> {
  return answer.then(
    ({ status }) => status,
    () => 0,
  );
}

function paramsOf({ sid, phone, sender, kind }: AddressedMessage): Record<string, string> {
  return twilioMessage({
    MessageSid: sid,
    From: phone,
    MessagingServiceSid: sender,
    Body: kind.toUpperCase(),
  });
}

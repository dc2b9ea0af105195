import { setTimeout as delay } from 'node:timers/promises';
import type { Running, System } from '@optout-sync/testkit/system';
import { streamInbound, twilioMessage, type TwilioAnswer } from '@optout-sync/twilio-simulator';
import type { Message } from './message';

/** Says for how long a message may be refused before that counts as broken: Twilio would have given up long before. */
const PATIENCE_MS = 60_000;
const RETRY_MS = 150;

export interface Told extends Message {
  readonly phone: string;
}

/**
 * Delivers as Twilio does: what is not answered 2xx is delivered again, to the other ingest first, as to a fallback URL.
 * Unlike Twilio it does not give up, so that every message ends accepted and has to be accounted for.
 */
export class Twilio {
  /** How many requests were sent, and how many of them were not answered 2xx. */
  deliveries = 0;
  refusals = 0;

  constructor(
    private readonly system: System,
    private readonly ingests: () => readonly (Running | undefined)[],
  ) {}

  /** Resolves once it is answered 2xx. @throws Error when it is refused for a minute */
  async deliver(told: Told, first: number): Promise<void> {
    const params = paramsOf(told);
    await this.untilAccepted(first, (ingest) => this.system.deliver(ingest, params));
  }

  /** The same for a batch of Event Streams. */
  async stream(batch: readonly Told[], first: number): Promise<void> {
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
      this.system.deliverJson(ingest, '/webhooks/twilio/events', events),
    );
  }

  /** Sends a message with a wrong signature. @returns the answer's status, 0 for none */
  async forge(told: Told, which: number): Promise<number> {
    const ingest = this.ingests()[which];
    if (!ingest) return 0;
    this.deliveries += 1;
    return statusOf(this.system.deliver(ingest, paramsOf(told), { authToken: 'f'.repeat(32) }));
  }

  private async untilAccepted(first: number, send: (ingest: Running) => Promise<TwilioAnswer>) {
    const deadline = performance.now() + PATIENCE_MS;
    for (let attempt = 0; ; attempt++) {
      const ingests = this.ingests();
      const ingest = ingests[(first + attempt) % ingests.length];
      this.deliveries += 1;
      const status = ingest ? await statusOf(send(ingest)) : 0;
      if (status >= 200 && status < 300) return;
      this.refusals += 1;
      if (performance.now() > deadline)
        throw new Error(`refused for a minute, at last with ${String(status)}`);
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

function paramsOf({ sid, phone, sender, kind }: Told): Record<string, string> {
  return twilioMessage({
    MessageSid: sid,
    From: phone,
    MessagingServiceSid: sender,
    Body: kind.toUpperCase(),
  });
}

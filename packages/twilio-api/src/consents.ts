import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { RestClient, type RestClientOptions } from './rest-client';
import { unexpectedResponse } from './twilio-api-error';

/*
 * Limits of the Consents API (https://www.twilio.com/docs/messaging/features/consent-api).
 */
export const CONSENTS_PER_CALL = 25;
export const CONSENT_CALLS_PER_MINUTE = 100;

/** An opt-out of a number from one of our senders, or an opt-in, to be stored at Twilio. */
export interface Consent {
  /** E.164. */
  readonly phone: string;
  /** A Messaging Service or one of our numbers. */
  readonly sender: string;
  readonly status: 'opt-out' | 'opt-in';
  /** How it was given: by a message, on a `website`, or `offline`, as by a call, a letter or an e-mail. */
  readonly source: 'website' | 'offline' | 'opt-in-message' | 'opt-out-message' | 'others';
  /** When it was given, in ms since 1970. */
  readonly at?: number;
}

/** What Twilio did with a consent. */
export type ConsentResult =
  | { readonly kind: 'stored' }
  /** Such as `INVALID_CONTACT_ID`, with an error code such as 30646. */
  | { readonly kind: 'refused'; readonly errorCode: number; readonly messages: readonly string[] };

const Answer = z.object({
  items: z.array(
    z.object({
      correlation_id: z.string(),
      error_code: z.coerce.number().int(),
      error_messages: z.array(z.string()).nullish(),
    }),
  ),
});

/** Twilio's own list of opt-outs, which can be written and not be read. */
export class Consents {
  private readonly client: RestClient;

  constructor(options: RestClientOptions) {
    this.client = new RestClient(options);
  }

  /**
   * Stores opt-outs and opt-ins. Twilio updates what it has already, so it is safe to repeat.
   *
   * @param consents 1 to 25
   * @returns what Twilio did with each, in their order
   * @throws {TwilioApiError} when it did nothing, or when what it did is unknown
   */
  async write(consents: readonly Consent[]): Promise<ConsentResult[]> {
    const ids = consents.map(() => randomUUID().replaceAll('-', ''));
    const items = consents.map((consent, n) => JSON.stringify(itemOf(consent, ids[n] ?? '')));
    const answer = Answer.safeParse(
      await this.client.post('/v1/Consents/Bulk', { Items: items }, 'accounts'),
    );
    if (!answer.success) throw unexpectedResponse();
    const results = new Map(answer.data.items.map((item) => [item.correlation_id, item]));
    return ids.map((id) => {
      const result = results.get(id);
      if (!result) throw unexpectedResponse();
      const { error_code: errorCode, error_messages: messages } = result;
      return errorCode === 0 ? { kind: 'stored' } : { kind: 'refused', errorCode, messages: messages ?? [] };
    });
  }
}

function itemOf(
  { phone, sender, status, source, at }: Consent,
  correlationId: string,
): Record<string, string> {
  return {
    contact_id: phone,
    correlation_id: correlationId,
    sender_id: sender,
    status,
    source,
    ...(at !== undefined && { date_of_consent: new Date(at).toISOString().replace(/\.\d+Z$/, 'Z') }),
  };
}

import { z } from 'zod';
import { RestClient, type RestClientOptions } from './rest-client';
import { unexpectedResponse } from './twilio-api-error';

const Page = z.object({
  messages: z.array(z.unknown()),
  next_page_uri: z
    .string()
    .nullish()
    .transform((uri) => uri ?? undefined),
});

/** The most that Twilio accepts. */
const PAGE_SIZE = 1_000;

/**
 * Yields the account's messages that were sent in `span` (ms since 1970, both ends included, rounded outwards to
 * seconds), page by page, the latest message first
 * (https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources).
 *
 * @throws {TwilioApiError}
 */
export async function* messagePages(
  account: RestClientOptions['account'],
  span: { readonly since: number; readonly until: number },
  options: Omit<RestClientOptions, 'account'>,
): AsyncGenerator<readonly unknown[]> {
  const client = new RestClient({ account, ...options });
  const query = new URLSearchParams({
    'DateSent>': iso(Math.floor(span.since / 1_000) * 1_000),
    'DateSent<': iso(Math.ceil(span.until / 1_000) * 1_000),
    PageSize: String(PAGE_SIZE),
  });
  let uri: string | undefined = `/2010-04-01/Accounts/${account.sid}/Messages.json?${query.toString()}`;
  while (uri !== undefined) {
    const page = Page.safeParse(await client.get(uri));
    if (!page.success) throw unexpectedResponse();
    yield page.data.messages;
    uri = page.data.next_page_uri;
  }
}

const iso = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');

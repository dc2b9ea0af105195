import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { TwilioAccount } from '@optout-sync/shared/config';
import { TwilioApiError } from './twilio-api-error';

const Page = z.object({
  messages: z.array(z.unknown()),
  next_page_uri: z
    .string()
    .nullish()
    .transform((uri) => uri ?? undefined),
});

/** The most that Twilio takes. */
const PAGE_SIZE = 1_000;
const TIMEOUT_MS = 30_000;
const TRIES = 6;
const LONGEST_WAIT_MS = 60_000;

/**
 * The account's messages that were sent in a span of time (ms since 1970, both ends included, to the second), page by
 * page, the latest first. A request that is limited, fails or is not answered is tried again, six times in all, after
 * what Twilio asks for or `retryMs` doubled each time. @throws {TwilioApiError}
 */
export async function* messagePages(
  account: Pick<TwilioAccount, 'sid' | 'authTokens'>,
  span: { readonly since: number; readonly until: number },
  { apiUrl, retryMs = 500 }: { readonly apiUrl: string; readonly retryMs?: number },
): AsyncGenerator<readonly unknown[]> {
  const query = new URLSearchParams({
    'DateSent>': iso(Math.floor(span.since / 1_000) * 1_000),
    'DateSent<': iso(Math.ceil(span.until / 1_000) * 1_000),
    PageSize: String(PAGE_SIZE),
  });
  const tokens = [...account.authTokens];
  let uri: string | undefined = `/2010-04-01/Accounts/${account.sid}/Messages.json?${query.toString()}`;
  while (uri !== undefined) {
    const page = Page.safeParse(await get(ours(uri, apiUrl), account.sid, tokens, retryMs));
    if (!page.success) throw notUnderstood();
    yield page.data.messages;
    uri = page.data.next_page_uri;
  }
}

const iso = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');

/** The credentials go there, so it must be the same host, whatever the page before says. */
function ours(uri: string, apiUrl: string): string {
  const url = new URL(uri, apiUrl);
  if (url.origin !== new URL(apiUrl).origin) throw notUnderstood();
  return url.href;
}

/** `tokens` loses those that Twilio does not take: while they are rotated only one of them works. */
async function get(url: string, sid: string, tokens: string[], retryMs: number): Promise<unknown> {
  for (let tries = 1; ;) {
    const result = await request(url, sid, tokens[0] ?? '');
    if ('content' in result) return result.content;
    const { failure } = result;
    if (failure.code === 'twilio_unauthorized' && tokens.length > 1) {
      tokens.shift();
      continue;
    }
    if (!result.passing || tries === TRIES) throw failure;
    await delay(Math.min(result.retryAfterMs ?? retryMs * 2 ** (tries - 1), LONGEST_WAIT_MS));
    tries += 1;
  }
}

type Result =
  | { readonly content: unknown }
  | { readonly failure: TwilioApiError; readonly passing: boolean; readonly retryAfterMs?: number };

async function request(url: string, sid: string, token: string): Promise<Result> {
  const authorization = `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}`;
  let answer: { status: number; retryAfter: string | null; text: string };
  try {
    const response = await fetch(url, {
      headers: { authorization, accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { status, headers } = response;
    answer = { status, retryAfter: headers.get('retry-after'), text: await response.text() };
  } catch {
    return { failure: failed('twilio_unreachable', 'Twilio does not answer'), passing: true };
  }
  const { status, retryAfter, text } = answer;
  if (status === 200) return parse(text);
  const said = `Twilio answers ${String(status)}`;
  if (status === 401 || status === 403) {
    const failure = failed('twilio_unauthorized', `${said}: is the auth token of ${sid} right?`);
    return { failure, passing: false };
  }
  if (status === 429) {
    const retryAfterMs = /^\d+$/.test(retryAfter ?? '') ? Number(retryAfter) * 1_000 : undefined;
    const failure = failed('twilio_rate_limited', `${said} again and again: run it later`);
    return { failure, passing: true, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
  return status >= 500
    ? { failure: failed('twilio_unreachable', said), passing: true }
    : { failure: failed('twilio_refused', said), passing: false };
}

function parse(text: string): Result {
  try {
    return { content: JSON.parse(text) as unknown };
  } catch {
    return { failure: notUnderstood(), passing: false };
  }
}

const failed = (code: string, message: string): TwilioApiError => new TwilioApiError(code, message);
const notUnderstood = (): TwilioApiError =>
  failed('twilio_answer_not_understood', 'what answers is not the Messages API');

import { z } from 'zod';
import { TwilioApiError, unexpectedResponse } from './twilio-api-error';

/** The JSON of a response (`undefined` for 204), or its error and whether the same request may succeed later. */
export type Result =
  { readonly content: unknown } | { readonly error: TwilioApiError; readonly retryable: boolean };

/** The form of Twilio's errors. The message is not used: it may repeat what was sent. */
const ErrorBody = z.object({ code: z.number().nullish() });

/** @param credentials what the request was authenticated with, as the error names it */
export function classifyResponse(
  credentials: string,
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  text: string,
): Result {
  if (status === 204) return { content: undefined };
  if (status === 200 || status === 201) return parse(text);
  const twilioCode = codeIn(text);
  const responded = `Twilio responds with ${String(status)}${twilioCode === undefined ? '' : `, code ${String(twilioCode)}`}`;
  const fail = (code: string, message: string, retryable: boolean, retryAfterMs?: number) => ({
    error: new TwilioApiError(code, message, { status, twilioCode, retryAfterMs }),
    retryable,
  });
  if (status === 401 || status === 403) {
    return fail('twilio_unauthorized', `${responded}: check ${credentials}`, false);
  }
  if (status === 429) {
    const retryAfter = headers.get('retry-after') ?? '';
    const retryAfterMs = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : undefined;
    return fail('twilio_rate_limited', `${responded} to every attempt: run it later`, true, retryAfterMs);
  }
  return status >= 500
    ? fail('twilio_unreachable', responded, true)
    : fail('twilio_refused', responded, false);
}

function parse(text: string): Result {
  try {
    return { content: JSON.parse(text) as unknown };
  } catch {
    return { error: unexpectedResponse(), retryable: false };
  }
}

function codeIn(text: string): number | undefined {
  try {
    return ErrorBody.safeParse(JSON.parse(text)).data?.code ?? undefined;
  } catch {
    return undefined;
  }
}

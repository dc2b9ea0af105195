import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';
import { maskPhone } from '../domain/phone';

const SECRET_FIELDS = ['authorization', 'authToken', 'token', 'apiKey', 'password', 'body', 'Body'];

/**
 * A JSON logger. Callers log masked phones and codes; should a number or secret slip through all the same, secret
 * fields are blanked and every line is scrubbed of whole phone numbers before it is written.
 */
export function createLogger(
  options: { readonly service: string; readonly level: string },
  destination?: DestinationStream,
): Logger {
  return pino(
    {
      level: options.level,
      base: { service: options.service },
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
      serializers: { err: serializeError },
      hooks: { streamWrite: scrub },
    },
    destination ?? pino.destination(1),
  );
}

/** An error's own words only: HTTP clients hang requests, with their credentials, on theirs. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  const code = (error as NodeJS.ErrnoException).code;
  return { type: name, message, stack, ...(code === undefined ? {} : { code }) };
}

const WHOLE_NUMBER = /(\+|%2B)([1-9]\d{6,14})\b/gi;

/** Masks every whole phone number in a text. */
export function scrub(text: string): string {
  return text.replace(
    WHOLE_NUMBER,
    (_, plus: string, digits: string) => plus + maskPhone(`+${digits}`).slice(1),
  );
}

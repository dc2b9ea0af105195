import { pino, type DestinationStream, type Logger } from 'pino';
import { maskPhone } from '../domain/phone';
import { LogOutput, standardOutput } from './log-output';

export type { Logger } from 'pino';

const SECRET_FIELDS = ['authorization', 'authToken', 'token', 'apiKey', 'password', 'body', 'Body'];

/**
 * Creates a logger that writes JSON lines. Callers log masked phone numbers and codes only. As a safety net, secret fields
 * are redacted and whole phone numbers are masked in every line before it is written.
 *
 * @param destination standard output by default, where lines are dropped while nobody reads them (see `LogOutput`)
 */
export function createLogger(
  options: { readonly service: string; readonly level: string },
  destination: DestinationStream = standardOutput(),
): Logger {
  const log = pino(
    {
      level: options.level,
      base: { service: options.service },
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
      serializers: { err: serializeError },
      hooks: { streamWrite: scrub },
    },
    destination,
  );
  if (destination instanceof LogOutput) {
    destination.onRecovered = (dropped) => {
      log.warn(
        { code: 'log_lines_dropped', dropped },
        'the reader of the log fell behind: lines were dropped',
      );
    };
  }
  return log;
}

/** Keeps an error's own fields only: those of HTTP clients hold the request, with its credentials. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  const code = (error as NodeJS.ErrnoException).code;
  return { type: name, message, stack, ...(code === undefined ? {} : { code }) };
}

const WHOLE_NUMBER = /(\+|%2B)([1-9]\d{6,14})\b/gi;

/** Masks every whole phone number in a text. */
function scrub(text: string): string {
  return text.replace(
    WHOLE_NUMBER,
    (_, plus: string, digits: string) => plus + maskPhone(`+${digits}`).slice(1),
  );
}

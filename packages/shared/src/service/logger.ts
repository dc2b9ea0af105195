import { pino, type DestinationStream, type Logger } from 'pino';
import { escapeControls } from '../domain/escape-controls';
import { maskPhone } from '../domain/phone';
import { isTracing, traceIds } from '../tracing/span';
import { LogOutput, standardOutput } from './log-output';
import { prettyOutput } from './pretty-output';
import { INSTANCE, RELEASE } from './release';

export type { Logger } from 'pino';
export type LogFormat = 'json' | 'pretty';

const SECRET_FIELDS = ['authorization', 'authToken', 'token', 'apiKey', 'password', 'body', 'Body'];

/**
 * Creates a logger that writes JSON lines. Callers log masked phone numbers and codes only. As a safety net, secret fields
 * are redacted, whole phone numbers are masked and control characters are escaped in every line before it is written.
 *
 * @param options.hasBareNumbers whether a workspace stores numbers without a plus, which are masked then as well
 * @param options.format `pretty` for people instead of JSON lines
 * @param destination standard output by default, where lines are dropped while nobody reads them (see `LogOutput`)
 */
export function createLogger(
  options: {
    readonly service: string;
    readonly level: string;
    readonly hasBareNumbers?: boolean;
    readonly format?: LogFormat;
  },
  destination: DestinationStream = standardOutput(),
): Logger {
  const log = pino(
    {
      level: options.level,
      base: { service: options.service, instance: INSTANCE, version: RELEASE.version },
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
      serializers: { err: serializeError },
      ...(isTracing() && { mixin: traceIds }),
      hooks: { streamWrite: options.hasBareNumbers ? (text) => scrubBare(scrub(text)) : scrub },
    },
    options.format === 'pretty' ? prettyOutput(destination) : destination,
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

/** A run of digits in a text, or in the text of a JSON value; a JSON number, such as a time, follows a colon. */
const BARE_NUMBER = /(?<=["\s=/,;('])[0-9]{9,15}(?=["\s,;)'/?&.]|$)/g;

const scrubBare = (text: string): string => text.replace(BARE_NUMBER, maskPhone);

/** Masks every whole phone number in a line, and escapes what a terminal would act on. */
function scrub(text: string): string {
  return escapeControls(text).replace(
    WHOLE_NUMBER,
    (_, plus: string, digits: string) => plus + maskPhone(`+${digits}`).slice(1),
  );
}

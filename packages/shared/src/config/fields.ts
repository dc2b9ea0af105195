import { isIP } from 'node:net';
import { z } from 'zod';
import { isNumberWithoutPlus } from '../domain/sender';
import { isMessagingServiceSid } from '../domain/twilio-ids';
import { defaultOf } from './variables';

/*
 * Schemas of single settings. Each accepts what YAML gives (a number, a boolean, a list) and what an environment variable
 * gives (text).
 */

/** A list of at least one item: a YAML list, or text with commas. Items of text are trimmed, empty ones are dropped. */
export function listOf<Item extends z.ZodType>(item: Item): z.ZodType<z.output<Item>[]> {
  const split = (value: unknown): unknown =>
    typeof value === 'string'
      ? value
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== '')
      : value;
  return z.preprocess(split, z.array(item).min(1, 'needs at least one item'));
}

/** A whole number from `min` to `max`. */
export function integer(min: number, max: number): z.ZodType<number> {
  const error = `must be a whole number from ${String(min)} to ${String(max)}`;
  const parse = (value: unknown): unknown =>
    typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return z.preprocess(parse, z.int({ error }).min(min, error).max(max, error));
}

/** `true` or `false`. */
export const flag: z.ZodType<boolean> = z.preprocess(
  (value) => (value === 'true' ? true : value === 'false' ? false : value),
  z.boolean({ error: 'must be true or false' }),
);

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A time in seconds, minutes, hours or days, as `15s` or `24h`. @returns ms */
export const duration = z
  .string()
  .regex(/^[1-9]\d{0,5}[smhd]$/, 'must be a duration such as 15s, 30m or 24h')
  .transform((text) => Number(text.slice(0, -1)) * UNITS_MS[text.slice(-1) as keyof typeof UNITS_MS]);

/** A TCP port; 0 is any free one. */
export const port = integer(0, 65_535);

/** An address of this machine, or a name of it, to listen on. */
export const host = z
  .string()
  .refine(
    (value) => isIP(value) !== 0 || /^[\w.-]+$/.test(value),
    'must be an address such as 127.0.0.1 or ::, or a host name, without a port',
  );

/** An http or https URL; trailing slashes are removed. */
export const baseUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .transform((url) => url.replace(/\/+$/, ''));

/** A credential: not empty, and without white space that was pasted with it. */
export const secret = z
  .string({ error: 'must be text' })
  .regex(/^\S+$/, 'may not be empty or hold white space');

/** One of our senders as messages name it. Any other spelling would match no message, silently. */
export const sender = z
  .string({ error: 'must be text: in YAML, write a number in quotes, as "+15005550006"' })
  .refine(
    (text) =>
      !isNumberWithoutPlus(text) &&
      (isMessagingServiceSid(text) || /^(whatsapp:)?\+[1-9]\d{6,14}$|^(?!MG|.*[\s+]).+$/.test(text)),
    'must be a Messaging Service (MG and 32 hexadecimal digits), or a number as +15005550006, a short code or another sender of yours',
  );

/** The same without Messaging Services, which have numbers and are none. */
export const senderNumber = sender.refine(
  (text) => !isMessagingServiceSid(text),
  'is a Messaging Service: name its numbers',
);

export const loggingEnv = {
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .prefault(defaultOf('LOG_LEVEL')),
  LOG_FORMAT: z.enum(['json', 'pretty']).prefault(defaultOf('LOG_FORMAT')),
};

export const tracingEnv = { OTEL_EXPORTER_OTLP_ENDPOINT: baseUrl.optional() };

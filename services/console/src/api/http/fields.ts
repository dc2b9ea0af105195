import { z } from 'zod';
import { Channel } from '@optout-sync/shared/domain';

/*
 * The fields that several routes share, under one name and with one meaning.
 */

/** No parameters. */
export const none = z.strictObject({});

/** A phone as a caller writes it; `parsePerson` decides whether it is one. */
export const phone = z
  .string()
  .min(1)
  .max(64)
  .describe('in E.164, such as +14155550123, or whatsapp:+14155550123')
  .meta({ examples: ['+14155550101'] });

export const channel = Channel.optional().describe('default: that of the phone, else sms');
export const workspace = z
  .string()
  .max(255)
  .optional()
  .describe('needed when several workspaces are configured');
export const sender = z
  .string()
  .min(1)
  .max(255)
  .describe('a Messaging Service (MG...) or one of your numbers');

export const why = z
  .string()
  .trim()
  .min(1)
  .max(1_000)
  .describe('for the audit trail, which names the token as author');

/** In a query. */
export const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

export const reveal = flag.describe(
  'whole phones instead of masked ones; needs the scope phones:reveal, and the audit trail records it',
);

/** In a request: ISO 8601 with a zone. Parsed to ms since 1970. */
export const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** In an answer: ISO 8601 in UTC. */
export const time = z.iso.datetime();

export const limitOf = (pageSize: number, max: number): z.ZodType<number> =>
  z.coerce.number<string>().int().min(1).max(max).default(pageSize);

export const cursor = z.string().min(1).max(1_000).optional().describe('`next` of the page before');

/** The cursor of the next page. */
export const next = z.string().nullable().describe('the cursor of the next page; null on the last one');

export const iso = (at: number): string => new Date(at).toISOString();
export const isoOrNull = (at: number | undefined): string | null => (at === undefined ? null : iso(at));

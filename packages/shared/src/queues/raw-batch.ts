import { Buffer } from 'node:buffer';
import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import type { BlockedSendSettings } from '../domain/blocked-send';
import type { KeywordSettings } from '../domain/keywords/keyword-settings';

/**
 * A batch of Event Streams that is too large for ingest to parse while it serves webhooks. It is verified, and holds what a
 * worker needs to treat its events as ingest does. The body is the text of the batch, compressed with gzip, in base64.
 */
export const RawBatch = z.object({
  version: z.literal(1),
  /** The SHA-256 of the text, in hexadecimal, so that storing a batch again while it waits adds nothing. */
  id: z.string().regex(/^[\da-f]{64}$/),
  /** In ms since 1970. */
  receivedAt: z.number(),
  /** The SIDs of the configured accounts whose token signed it. */
  signedBy: z.array(z.string()).min(1),
  keywords: z.custom<KeywordSettings>(isObject),
  blockedSends: z.custom<BlockedSendSettings>(isObject),
  body: z.base64(),
  /** The webhook that brought it, as W3C `traceparent`, where traces are recorded. */
  traceparent: z.string().optional(),
});
export type RawBatch = z.infer<typeof RawBatch>;

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** More than ingest accepts. A body that expands further is not ours. */
const LONGEST_TEXT_BYTES = 64 * 1024 * 1024;

/** Packs a batch. Compression runs outside the event loop. */
export async function packRawBatch(
  text: Buffer,
  rest: Omit<RawBatch, 'version' | 'body'>,
): Promise<RawBatch> {
  const body = await compress(text, { level: constants.Z_BEST_SPEED });
  return { version: 1, ...rest, body: body.toString('base64') };
}

/**
 * Returns the text of a batch.
 *
 * @throws {Error} when the body was not made by {@link packRawBatch}
 */
export function unpackRawBatch({ body }: Pick<RawBatch, 'body'>): Promise<Buffer> {
  return decompress(Buffer.from(body, 'base64'), { maxOutputLength: LONGEST_TEXT_BYTES });
}

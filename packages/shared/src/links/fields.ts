import { Buffer } from 'node:buffer';

/** A SID of Twilio's, which takes 19 bytes in place of 35. */
const SID = /^[A-Z]{2}[0-9a-f]{32}$/;
const IS_SID = 0xff;
const SID_BYTES = 18;

/**
 * Writes texts as fields: the length in one byte and the text in UTF-8, or of a SID a mark and its bytes.
 *
 * @throws {RangeError} for a text of more than 254 bytes
 */
export function writeFields(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.map((text) => {
      if (SID.test(text)) {
        return Buffer.concat([
          Buffer.of(IS_SID),
          Buffer.from(text.slice(0, 2)),
          Buffer.from(text.slice(2), 'hex'),
        ]);
      }
      const bytes = Buffer.from(text);
      if (bytes.length >= IS_SID) throw new RangeError('a field has at most 254 bytes');
      return Buffer.concat([Buffer.of(bytes.length), bytes]);
    }),
  );
}

/** Reads the fields that {@link writeFields} wrote. */
export function readFields(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at] ?? 0;
    const start = at + 1;
    at = start + (length === IS_SID ? SID_BYTES : length);
    const field = bytes.subarray(start, at);
    const isSid = length === IS_SID;
    texts.push(isSid ? field.toString('latin1', 0, 2) + field.toString('hex', 2) : field.toString());
  }
  return texts;
}

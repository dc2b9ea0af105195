import { isUtf8, type Buffer } from 'node:buffer';

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** The white space of JSON (RFC 8259, 2). */
const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);
/** U+FEFF in UTF-8, which a parser may ignore at the start (RFC 8259, 8.1). */
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Bytes that are scanned before the caller may leave the event loop, some tenths of a millisecond. */
const SCANNED_AT_ONCE = 64 * 1024;

/**
 * Finds the elements of a JSON array in its bytes, without parsing them: for a text that is too long to parse in one piece.
 * A text that is no array is one element. Parsing each element (see {@link parseElement}) accepts the same texts as parsing
 * the whole, with the same values.
 *
 * @returns the bytes of each element, and `undefined` where the caller may do something else
 * @throws {SyntaxError} when the brackets of the array do not match
 */
export function* elementsOf(text: Buffer): Generator<Buffer | undefined, void> {
  const begin = skipSpace(text, BYTE_ORDER_MARK.every((byte, index) => text[index] === byte) ? 3 : 0);
  if (text[begin] !== OPEN_ARRAY) {
    yield text.subarray(begin);
    return;
  }
  const scan = { at: begin + 1, depth: 0 };
  let start = scan.at;
  for (let isLast = false; !isLast;) {
    if (!scanElement(text, scan)) {
      yield undefined;
      continue;
    }
    isLast = text[scan.at] !== COMMA;
    const isEmptyArray = isLast && start === begin + 1 && skipSpace(text, start) === scan.at;
    if (!isEmptyArray) yield text.subarray(start, scan.at);
    start = ++scan.at;
  }
  const isWhole = text[start - 1] === CLOSE_ARRAY && skipSpace(text, start) === text.length;
  if (!isWhole) throw new SyntaxError('the array does not end with the text');
}

/**
 * Moves to the comma or bracket that ends an element of the array. Returns whether it got there: it stops after 64 kB.
 *
 * @param scan the position, and how many brackets are open there
 */
function scanElement(text: Buffer, scan: { at: number; depth: number }): boolean {
  for (const stopAt = scan.at + SCANNED_AT_ONCE; scan.at < stopAt; scan.at++) {
    const byte = text[scan.at];
    if (byte === undefined) throw new SyntaxError('the array does not end');
    const isClosing = byte === CLOSE_ARRAY || byte === CLOSE_OBJECT;
    if (byte === QUOTE) scan.at = endOfString(text, scan.at);
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) scan.depth += 1;
    else if (scan.depth === 0 && (byte === COMMA || isClosing)) return true;
    else if (isClosing) scan.depth -= 1;
  }
  return false;
}

/** @throws {SyntaxError} when the bytes are not JSON in UTF-8 */
export function parseElement(element: Buffer): unknown {
  if (!isUtf8(element)) throw new SyntaxError('not UTF-8');
  return JSON.parse(element.toString('utf8')) as unknown;
}

function skipSpace(text: Buffer, from: number): number {
  let at = from;
  while (SPACE.has(text[at] ?? -1)) at += 1;
  return at;
}

/** The position of the quote that ends the string which begins at `from`. */
function endOfString(text: Buffer, from: number): number {
  for (let at = text.indexOf(QUOTE, from + 1); at >= 0; at = text.indexOf(QUOTE, at + 1)) {
    let escapes = 0;
    while (text[at - 1 - escapes] === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return at;
  }
  throw new SyntaxError('a string does not end');
}

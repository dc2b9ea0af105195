const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = '0\r\n\r\n';

/** An HTTP response. */
export interface Answer {
  readonly status: number;
  /** Whether the server closes the connection after it. */
  readonly closes: boolean;
}

/**
 * Parses a response from `text`, one character per byte; undefined while it is incomplete. Supports what servers answer a
 * webhook with: a length, chunks or no body. Nothing follows the response, since requests are not pipelined.
 */
export function readAnswer(text: string): Answer | undefined {
  const headEnd = text.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const status = Number(text.slice(9, 12));
  const head = text.slice(0, headEnd);
  const bodyLength = text.length - headEnd - HEAD_END.length;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const whole =
    status === 204 || (length === undefined ? text.endsWith(LAST_CHUNK) : bodyLength >= Number(length));
  return whole ? { status, closes: /\r\nconnection: *close/i.test(head) } : undefined;
}

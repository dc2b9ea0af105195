import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

interface Reason {
  readonly status: number;
  readonly message: string;
}

/** Why what came over a connection is no whole HTTP request. The texts are fixed: they echo nothing. */
const BROKEN = {
  malformed_request: { status: 400, message: 'This is no valid HTTP request.' },
  // Not 408: after any 4xx but 429 Event Streams throws a batch away for good. After a 503 it sends it again.
  request_too_slow: { status: 503, message: 'The request did not arrive in time.' },
  headers_too_large: { status: 431, message: 'The URL and headers are too large.' },
} as const satisfies Record<string, Reason>;

/** The other end need never close. */
const LINGER_MS = 500;

export type BrokenCode = keyof typeof BROKEN;
export const BROKEN_CODES = Object.keys(BROKEN) as BrokenCode[];

/**
 * Answers what Node could not read and closes the connection, of which nothing more can be believed. Returns the code,
 * or undefined when that was done before, or when the other end merely went away.
 */
export function refuseBroken(error: NodeJS.ErrnoException, socket: Duplex): BrokenCode | undefined {
  // Node tells again of whatever else comes.
  if (socket.writableEnded) return undefined;
  const code = codeOf(error.code ?? '');
  // After the first answer it would be taken for that of an earlier request.
  const answerable = socket.writable && (socket as { bytesWritten?: number }).bytesWritten === 0;
  if (!code || !answerable) {
    socket.destroy();
    return code;
  }
  // Closed on what was not read, a connection is reset, and the answer lost. So what still comes is let through for a while.
  socket.end(answer(code));
  socket.resume();
  const lingering = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => {
    clearTimeout(lingering);
  });
  return code;
}

function codeOf(nodeCode: string): BrokenCode | undefined {
  if (nodeCode === 'HPE_HEADER_OVERFLOW') return 'headers_too_large';
  if (nodeCode === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request_too_slow';
  return nodeCode.startsWith('HPE_') ? 'malformed_request' : undefined;
}

function answer(code: BrokenCode): string {
  const { status, message } = BROKEN[code];
  const body = `${JSON.stringify({ code, message })}\n`;
  return [
    `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/json',
    `content-length: ${String(Buffer.byteLength(body))}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}

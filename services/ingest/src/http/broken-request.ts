import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

interface ErrorDefinition {
  readonly status: number;
  readonly message: string;
}

/** Why the bytes on a connection are not a whole HTTP request. The texts are fixed and echo nothing of the bytes. */
const BROKEN_REQUESTS = {
  malformed_request: { status: 400, message: 'This is not a valid HTTP request.' },
  // Not 408: after any 4xx but 429 Event Streams discards a batch. After a 503 it retries.
  request_too_slow: { status: 503, message: 'The request did not arrive in time.' },
  headers_too_large: { status: 431, message: 'The URL and headers are too large.' },
} as const satisfies Record<string, ErrorDefinition>;

/** The client may never close the connection. */
const LINGER_MS = 500;

export type BrokenRequestCode = keyof typeof BROKEN_REQUESTS;
export const BROKEN_REQUEST_CODES = Object.keys(BROKEN_REQUESTS) as BrokenRequestCode[];

/**
 * Answers a request that Node could not read, and closes the connection, since the position of the next request is unknown.
 * Returns the code, or `undefined` when the connection was answered before or the client only disconnected.
 */
export function answerBrokenRequest(
  error: NodeJS.ErrnoException,
  socket: Duplex,
): BrokenRequestCode | undefined {
  // Node reports each further error of the connection.
  if (socket.writableEnded) return undefined;
  const code = codeOf(error.code ?? '');
  // After the first answer, a client would take this one for the answer to an earlier request.
  const answerable = socket.writable && (socket as { bytesWritten?: number }).bytesWritten === 0;
  if (!code || !answerable) {
    socket.destroy();
    return code;
  }
  // Closing a connection with unread data resets it, which loses the answer. So data is received and discarded for a while.
  socket.end(answer(code));
  socket.resume();
  const lingering = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => {
    clearTimeout(lingering);
  });
  return code;
}

function codeOf(nodeCode: string): BrokenRequestCode | undefined {
  if (nodeCode === 'HPE_HEADER_OVERFLOW') return 'headers_too_large';
  if (nodeCode === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request_too_slow';
  return nodeCode.startsWith('HPE_') ? 'malformed_request' : undefined;
}

function answer(code: BrokenRequestCode): string {
  const { status, message } = BROKEN_REQUESTS[code];
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

import { Buffer } from 'node:buffer';
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { ApiResponse } from '../api/response';

const DRIP_INTERVAL_MS = 20;

export function sendResponse(response: ServerResponse, content: ApiResponse): void {
  const { headers, body } = encode(content);
  response.writeHead(content.status, headers).end(body);
}

/** Sends the whole response, status line and headers included, in small pieces, then closes the connection. */
export function dripResponse(response: ServerResponse, content: ApiResponse, bytesPerSecond: number): void {
  const { socket } = response;
  if (socket === null) return;
  const { headers, body } = encode(content);
  const lines = Object.entries({ ...headers, connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const statusLine = `HTTP/1.1 ${content.status} ${STATUS_CODES[content.status] ?? ''}\r\n`;
  const bytes = Buffer.from(`${statusLine}${lines.join('')}\r\n${body}`);

  const intervalMs = Math.max(DRIP_INTERVAL_MS, 1000 / bytesPerSecond);
  const pieceBytes = Math.max(1, Math.round((bytesPerSecond * intervalMs) / 1000));
  let sent = 0;
  const timer = setInterval(() => {
    socket.write(bytes.subarray(sent, sent + pieceBytes));
    sent += pieceBytes;
    if (sent >= bytes.length) socket.end();
    if (sent >= bytes.length || socket.destroyed) clearInterval(timer);
  }, intervalMs);
  socket.once('close', () => {
    clearInterval(timer);
  });
}

function encode({ status, headers, body }: ApiResponse): { headers: Record<string, string>; body: string } {
  if (status === 204) return { headers: { ...headers }, body: '' };
  const isText = typeof body === 'string';
  const text = isText ? body : body === undefined ? '' : JSON.stringify(body);
  const contentHeaders = {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(text)),
  };
  return { headers: { ...contentHeaders, ...headers }, body: text };
}

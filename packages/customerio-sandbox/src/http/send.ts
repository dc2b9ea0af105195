import { Buffer } from 'node:buffer';
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Answer } from './answers';

const DRIP_INTERVAL_MS = 20;

export function send(response: ServerResponse, answer: Answer): void {
  const { headers, body } = encode(answer);
  response.writeHead(answer.status, headers).end(body);
}

/** Writes the whole answer, status line and head included, in small pieces, then closes the connection. */
export function drip(response: ServerResponse, answer: Answer, bytesPerSecond: number): void {
  const { socket } = response;
  if (socket === null) return;
  const { headers, body } = encode(answer);
  const lines = Object.entries({ ...headers, connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const statusLine = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n`;
  const bytes = Buffer.from(`${statusLine}${lines.join('')}\r\n${body}`);

  const intervalMs = Math.max(DRIP_INTERVAL_MS, 1000 / bytesPerSecond);
  const piece = Math.max(1, Math.round((bytesPerSecond * intervalMs) / 1000));
  let sent = 0;
  const timer = setInterval(() => {
    socket.write(bytes.subarray(sent, sent + piece));
    sent += piece;
    if (sent >= bytes.length) socket.end();
    if (sent >= bytes.length || socket.destroyed) clearInterval(timer);
  }, intervalMs);
  socket.once('close', () => {
    clearInterval(timer);
  });
}

function encode({ status, headers, body }: Answer): { headers: Record<string, string>; body: string } {
  if (status === 204) return { headers: { ...headers }, body: '' };
  const isText = typeof body === 'string';
  const text = isText ? body : body === undefined ? '' : JSON.stringify(body);
  const own = {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(text)),
  };
  return { headers: { ...own, ...headers }, body: text };
}

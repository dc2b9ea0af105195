import type { ServerResponse } from 'node:http';
import type { Answer } from '../http/route';

/** Below the minute after which proxies close a silent connection. */
const HEARTBEAT_MS = 15_000;

/**
 * Sends server-sent events until the stream ends, the client leaves or the console stops. Data of several lines are several
 * `data:` lines.
 */
export async function sendEvents(
  response: ServerResponse,
  stream: Extract<Answer, { stream: unknown }>['stream'],
  stopping: AbortSignal,
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  const signal = AbortSignal.any([stopping, untilClosed(response)]);
  const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
  try {
    await stream((event, data) => {
      const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
      response.write(`event: ${event}\n${lines.join('')}\n`);
    }, signal);
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}

/** A client may have left before its stream begins. */
function untilClosed(response: ServerResponse): AbortSignal {
  if (response.closed) return AbortSignal.abort();
  const left = new AbortController();
  response.once('close', () => {
    left.abort();
  });
  return left.signal;
}

import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Why a connection is closed at the cap: it sent no request or, on a request, nothing for longest, or every other
 * connection waits for its answer, so that the new one is refused.
 */
export const CLOSED_REASONS = ['idle', 'slow', 'refused'] as const;
export type ClosedReason = (typeof CLOSED_REASONS)[number];

interface Connection {
  /** The requests whose answers are not sent. A client may send several without waiting. */
  readonly requests: Set<IncomingMessage>;
  /** What it had sent when it took its place in the order. */
  bytesRead: number;
  /** When it was accepted, or its last answer was sent; in ms. */
  waitingSince: number;
}

/**
 * How long a connection may have sent nothing without being idle, in ms: the bytes of its request are still under way, or have
 * arrived and were not read yet.
 */
const GRACE_MS = 1_000;

/**
 * Keeps an HTTP server at `limit` connections. A new connection takes the place of another one, so that a crowd of idle
 * connections keeps nobody out. Node's own `maxConnections` refuses the new connection, which is the live one.
 *
 * *Waiting*: entered by connecting and by the last answer. The client has to send a request or the rest of one. *Answering*:
 * from the last byte of a request until its answer is sent. *Gone*: closed, by whichever side. At the cap the one that
 * waits for longest without a byte from its client is closed; one that is answering never is. One that waits for less than a second
 * is closed only where all do, the first of them.
 *
 * @param onClosed called for each connection that the cap closes
 */
export function capConnections(
  server: Server,
  limit: number,
  onClosed: (reason: ClosedReason) => void = () => undefined,
  graceMs = GRACE_MS,
): void {
  // In the order of what happened last on them, as far as it is known: bytes are looked at only when room is needed.
  const connections = new Map<Socket, Connection>();
  const place = (socket: Socket, connection: Connection): void => {
    connections.delete(socket);
    connection.bytesRead = socket.bytesRead;
    connections.set(socket, connection);
  };
  const waits = (socket: Socket, connection: Connection): void => {
    connection.waitingSince = performance.now();
    place(socket, connection);
  };
  const longestWaiting = (): Socket | undefined => {
    const settled = performance.now() - graceMs;
    let first: readonly [Socket, Connection] | undefined;
    // One that is placed anew is met again, after all others.
    for (const [socket, connection] of connections) {
      if (isAnswering(connection)) continue;
      if (connection.waitingSince > settled) {
        if (!first || connection.waitingSince < first[1].waitingSince) first = [socket, connection];
      } else if (socket.bytesRead === connection.bytesRead) return socket;
      else place(socket, connection);
    }
    return first?.[0];
  };

  server.on('connection', (socket) => {
    if (connections.size >= limit) {
      const victim = longestWaiting();
      const reason = !victim ? 'refused' : connections.get(victim)?.requests.size ? 'slow' : 'idle';
      if (victim) connections.delete(victim);
      // Releases the descriptor at once, before the next connection is accepted.
      (victim ?? socket).destroy();
      onClosed(reason);
      if (!victim) return;
    }
    waits(socket, { requests: new Set(), bytesRead: 0, waitingSince: 0 });
    socket.once('close', () => connections.delete(socket));
  });
  server.prependListener('request', (request, response) => {
    const { socket } = request;
    const connection = connections.get(socket);
    if (!connection) return;
    connection.requests.add(request);
    place(socket, connection);
    response.once('close', () => {
      connection.requests.delete(request);
      if (connections.has(socket)) waits(socket, connection);
    });
  });
}

function isAnswering({ requests }: Connection): boolean {
  for (const { complete } of requests) if (complete) return true;
  return false;
}

import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  HTTP_TIME_LIMITS,
  capConnections,
  listen,
  type ClosedReason,
  type ListenOptions,
} from '@optout-sync/shared/service';
import { SIZE_LIMIT_BYTES } from '../webhook/request-checks';
import { answerBrokenRequest, type BrokenRequestCode } from './broken-request';
import { connectionLimit } from './connection-limit';

export interface PublicServer {
  readonly port: number;
  /**
   * Takes connections and requests for another `drainMs`, and closes each connection with its answer, so that clients
   * connect elsewhere. Then it stops listening, answers the requests that are in progress or about to arrive, and closes.
   * Resolves when no connection is left. Idempotent.
   */
  stop(drainMs?: number): Promise<void>;
}

export interface HttpEvents {
  /** A connection brought something that is not a whole HTTP request. */
  requestBroken(code: BrokenRequestCode): void;
  /** A connection was closed since there were as many as there may be. */
  connectionClosed(reason: ClosedReason): void;
}

/** How long a kept-alive connection may still bring a request after stop(). A pool in use reuses one within that time. */
const IDLE_GRACE_MS = 500;

/** Connections that remain this long after the server stops listening are cut, with or without a request on them. */
const STOP_DEADLINE_MS = 12_000;

const NO_EVENTS: HttpEvents = { requestBroken: () => undefined, connectionClosed: () => undefined };

/**
 * Starts the public HTTP server.
 *
 * @param limit the number of connections it has at most
 * @throws {Error} `EADDRINUSE` when the port is in use
 */
export async function startPublicServer(
  address: ListenOptions,
  listener: RequestListener,
  telemetry: HttpEvents = NO_EVENTS,
  limit = connectionLimit(),
): Promise<PublicServer> {
  const server = createServer(
    {
      // A GET carries the message in its URL; Node's 16 kB is too small for a long one.
      maxHeaderSize: SIZE_LIMIT_BYTES + 16 * 1024,
      ...HTTP_TIME_LIMITS,
    },
    listener,
  );
  server.on('clientError', (error, socket) => {
    const code = answerBrokenRequest(error, socket);
    if (code) telemetry.requestBroken(code);
  });
  const closeAfterAnswers = trackAnswers(server);
  capConnections(server, limit, (reason) => {
    telemetry.connectionClosed(reason);
  });
  await listen(server, address);
  let stopping: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    stop: (drainMs = 0) => (stopping ??= stop(server, closeAfterAnswers, drainMs)),
  };
}

/** Returns a function. After its call every answer, also to a request in progress, closes its connection. */
function trackAnswers(server: Server): () => void {
  const inProgress = new Set<ServerResponse>();
  let closing = false;
  server.prependListener('request', (_, response) => {
    if (closing) response.setHeader('connection', 'close');
    inProgress.add(response);
    response.once('close', () => inProgress.delete(response));
  });
  return () => {
    closing = true;
    for (const response of inProgress) if (!response.headersSent) response.setHeader('connection', 'close');
  };
}

async function stop(server: Server, closeAfterAnswers: () => void, drainMs: number): Promise<void> {
  closeAfterAnswers();
  if (drainMs > 0) await delay(drainMs);
  await new Promise<void>((resolve) => {
    const idle = setTimeout(() => {
      server.close();
    }, IDLE_GRACE_MS);
    const deadline = setTimeout(() => {
      server.closeAllConnections();
    }, STOP_DEADLINE_MS);
    // Not the HTTP server's own close(): it cuts idle connections at once, and a request may be arriving on one.
    NetServer.prototype.close.call(server, () => {
      clearTimeout(idle);
      clearTimeout(deadline);
      server.close();
      resolve();
    });
  });
}

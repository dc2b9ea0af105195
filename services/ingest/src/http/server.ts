import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { listen } from '@optout-sync/shared/service';
import { SIZE_LIMIT_BYTES } from '../webhook/request-checks';
import { refuseBroken, type BrokenCode } from './broken-request';

export interface PublicServer {
  readonly port: number;
  /**
   * Goes on taking connections and requests for `drainMs`, each answer now closing its connection, so that whoever sends
   * can turn elsewhere; then stops listening, answers what is under way or about to arrive, and closes. Resolves when no
   * connection is left.
   */
  stop(drainMs?: number): Promise<void>;
}

/** Slow-loris protection: a request that is not there by then is ended. */
const REQUEST_TIMEOUT_MS = 10_000;

/** Longer than the 60 s after which load balancers close idle connections: they, not we, must be the one to close. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** How long a kept-alive connection may still bring a request after stop(). A pool in use reuses one within that time. */
const IDLE_GRACE_MS = 500;

/** Once it listens no more, whatever connection is left after this is cut: also a request that has not arrived by then. */
const STOP_DEADLINE_MS = 12_000;

/**
 * Starts the public HTTP server on `port` (0: any); `onBroken` hears of connections that brought no HTTP request. Rejects
 * when the port is taken.
 */
export async function startPublicServer(
  port: number,
  listener: RequestListener,
  onBroken: (code: BrokenCode) => void = () => undefined,
): Promise<PublicServer> {
  const server = createServer(
    {
      // A GET carries the message in its URL; Node's 16 kB would not hold a long one.
      maxHeaderSize: SIZE_LIMIT_BYTES + 16 * 1024,
      headersTimeout: REQUEST_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    },
    listener,
  );
  server.on('clientError', (error, socket) => {
    const code = refuseBroken(error, socket);
    if (code) onBroken(code);
  });
  const closeAfterAnswers = trackAnswers(server);
  await listen(server, port);
  let stopping: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    stop: (drainMs = 0) => (stopping ??= stop(server, closeAfterAnswers, drainMs)),
  };
}

/** Returns a function from whose call on every answer, those under way included, closes its connection. */
function trackAnswers(server: Server): () => void {
  const underWay = new Set<ServerResponse>();
  let closing = false;
  server.prependListener('request', (_, response) => {
    if (closing) response.setHeader('connection', 'close');
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
  });
  return () => {
    closing = true;
    for (const response of underWay) if (!response.headersSent) response.setHeader('connection', 'close');
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
    // Not the HTTP server's own close(): it cuts idle connections at once, and a request may be on its way on one.
    NetServer.prototype.close.call(server, () => {
      clearTimeout(idle);
      clearTimeout(deadline);
      server.close();
      resolve();
    });
  });
}

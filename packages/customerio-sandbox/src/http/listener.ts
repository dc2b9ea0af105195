import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { send } from './send';

export interface Listener {
  /** `http://127.0.0.1:port` */
  url: string;
  /** Stops at once: open connections are cut. */
  close(): Promise<void>;
}

export type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Longer than any client keeps an idle connection, so that it is never this side that closes one in use. */
const KEEP_ALIVE_MS = 75_000;

/** Listens on 127.0.0.1. @throws when the port is taken */
export async function listen(port: number, handle: Handle): Promise<Listener> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      // Without its whole body the client has gone away: there is nobody to answer. Otherwise it is a bug of ours.
      if (!request.complete) request.socket.destroy();
      else send(response, { status: 500, body: `sandbox failed: ${String(error)}` });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendResponse } from './send-response';

export interface Listener {
  /** `http://127.0.0.1:port` */
  url: string;
  /** Closes the server and all open connections at once. */
  close(): Promise<void>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Longer than the idle timeout of any client, so that the server never closes a connection that a client reuses. */
const KEEP_ALIVE_MS = 75_000;

/** Listens on the address `host`. @throws {Error} when the port is in use */
export async function listen(port: number, host: string, handle: Handler): Promise<Listener> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      // An incomplete request means that the client has disconnected. Any other error is a bug of the sandbox.
      if (!request.complete) request.socket.destroy();
      else sendResponse(response, { status: 500, body: `sandbox failed: ${String(error)}` });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
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

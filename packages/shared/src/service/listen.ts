import type { Server } from 'node:http';

/** Where a server listens. */
export interface ListenOptions {
  /** 0: any free port. */
  readonly port: number;
  /** An address or host name of this machine; all addresses by default. */
  readonly host?: string | undefined;
}

/** A request that has not arrived completely by then is ended (slow-loris protection). */
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * The time limits of every HTTP server of ours, in ms. Kept-alive connections live longer than the 60 s after which load
 * balancers close idle ones: they must close first, not the server.
 */
export const HTTP_TIME_LIMITS = {
  headersTimeout: REQUEST_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 65_000,
} as const;

/**
 * Resolves once the server listens.
 *
 * @throws {Error} with code `EADDRINUSE` when the port is in use, `EADDRNOTAVAIL` or `ENOTFOUND` for a host that is not
 *   this machine
 */
export function listen(server: Server, { port, host }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

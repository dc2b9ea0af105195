import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { capConnections } from './connection-cap';
import { HTTP_TIME_LIMITS, listen, type ListenOptions } from './listen';
import { withTimeout } from './timing';

/** Resolves with whether the probe passes and, where it fails, with the reason for an operator. */
type Probe = () => Promise<{ readonly ok: boolean; readonly reason?: string }>;

interface AdminServer {
  readonly port: number;
  close(): Promise<void>;
}

/** More than any number of scrapers and probes. The public port leaves this many descriptors for it. */
const MOST_CONNECTIONS = 32;

/**
 * Serves `/healthz` (liveness), `/readyz` (readiness) and `/metrics` (Prometheus) on a private port, with the time limits of
 * the public one. A probe that fails,
 * or does not answer within 2 s, is answered 503 with its reason as JSON.
 *
 * @throws {Error} with code `EADDRINUSE` when the port is in use
 */
export async function startAdminServer(
  options: ListenOptions & {
    readonly registry: Registry;
    readonly healthz: Probe;
    readonly readyz: Probe;
  },
): Promise<AdminServer> {
  const { registry, healthz, readyz } = options;
  const routes = new Map<string, () => Promise<{ status: number; type: string; body: string }>>([
    ['/healthz', () => answer(healthz)],
    ['/readyz', () => answer(readyz)],
    ['/metrics', async () => ({ status: 200, type: registry.contentType, body: await registry.metrics() })],
  ]);
  const server = createServer(HTTP_TIME_LIMITS, (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const route =
      routes.get(path) ?? (() => Promise.resolve({ status: 404, type: 'text/plain', body: 'Not found\n' }));
    route().then(
      ({ status, type, body }) => {
        response.writeHead(status, { 'content-type': type }).end(body);
      },
      () => {
        response.writeHead(500).end();
      },
    );
  });
  capConnections(server, MOST_CONNECTIONS);
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

const PROBE_TIMEOUT_MS = 2_000;

async function answer(probe: Probe): Promise<{ status: number; type: string; body: string }> {
  const result = await withTimeout(probe(), PROBE_TIMEOUT_MS).catch((error: unknown) => ({
    ok: false,
    reason: (error as Error).message,
  }));
  return {
    status: result.ok ? 200 : 503,
    type: 'application/json',
    body: `${JSON.stringify({ status: result.ok ? 'ok' : 'unavailable', reason: result.reason })}\n`,
  };
}

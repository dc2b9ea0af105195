import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { generate } from 'selfsigned';

const DAY_MS = 86_400_000;

/** Serves https in front of ingest, as a load balancer does. */
export interface Front {
  readonly server: Server;
  readonly url: string;
  /** Of the authority that vouches for its certificate. */
  readonly caFile: string;
  target: number;
  /** Added to what ingest gets, or replacing it. */
  headers: Record<string, string>;
}

/**
 * Starts it on a free port.
 *
 * @param folder for the certificate
 * @param options.daysLeft how long the certificate is valid
 * @param options.ip the address that it is called by, in place of `localhost`
 */
export async function startFront(
  folder: string,
  { daysLeft = 90, ip }: { readonly daysLeft?: number; readonly ip?: string } = {},
): Promise<Front> {
  const host = ip ?? 'localhost';
  const { private: key, cert } = await generate([{ name: 'commonName', value: host }], {
    notBeforeDate: new Date(Date.now() - DAY_MS),
    notAfterDate: new Date(Date.now() + daysLeft * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [ip === undefined ? { type: 2, value: host } : { type: 7, ip }] },
    ],
  });
  const started: { target: number; headers: Record<string, string> } = { target: 0, headers: {} };
  const server = createServer({ key, cert }, (incoming, outgoing) => {
    const options = {
      port: started.target,
      method: incoming.method,
      path: incoming.url,
      headers: { ...incoming.headers, ...started.headers },
    };
    incoming.pipe(
      request(options, (response) => {
        outgoing.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(outgoing);
      }).on('error', () => outgoing.writeHead(502).end()),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const caFile = join(folder, `ca-${String(port)}.pem`);
  writeFileSync(caFile, cert);
  return Object.assign(started, { server, url: `https://${host}:${String(port)}`, caFile });
}

export const stopFront = ({ server }: Front): Promise<unknown> =>
  new Promise((resolve) => {
    server.closeAllConnections();
    server.close(resolve);
  });

import { createServer } from 'node:net';

/**
 * Tries to bind a TCP port for a moment.
 *
 * @param port 0 for any free one
 * @param host one address, or undefined for all addresses of this machine
 * @returns the port that was bound, or undefined when it is taken or forbidden
 */
export function tryPort(port: number, host: string | undefined): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(bound));
    });
  });
}

/**
 * A port on `host` that was free a moment ago. Another program may bind it first, so its user must be ready to choose
 * another one.
 *
 * @throws {Error} when no port is free
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const port = await tryPort(0, host);
  if (port === undefined) throw new Error(`no free TCP port on ${host}`);
  return port;
}

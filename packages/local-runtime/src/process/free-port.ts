import { createServer } from 'node:net';

/**
 * Says whether nothing listens on a TCP port, by binding it for a moment.
 *
 * @param port 0 asks the system for any free one.
 * @param host one address, or undefined for all of this machine's
 * @returns the port that could be bound, or undefined when it is taken or forbidden.
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
 * A port on `host` that was free a moment ago. Somebody else may take it before its user does, so
 * whoever listens on it must be ready to ask for another.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const port = await tryPort(0, host);
  if (port === undefined) throw new Error(`no free TCP port on ${host}`);
  return port;
}

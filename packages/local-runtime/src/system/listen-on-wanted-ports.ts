import type { WantedPort } from '../config/launcher-config';

/**
 * Starts a service on its wanted ports. The service itself binds them, so no other program can take a port between a check
 * and the bind. A default port that is taken is replaced by any free one; a configured one is not.
 *
 * @param start starts the service on the ports, 0 for any free one, and returns it with the ports that it listens on.
 *   Rejects with an error whose message holds EADDRINUSE and the port when one is taken
 * @throws {Error} naming the variable and the port, when a configured port is taken; otherwise what `start` throws
 */
export async function listenOnWantedPorts<T extends { readonly ports: readonly number[] }>(
  wanted: readonly WantedPort[],
  start: (ports: readonly number[]) => Promise<T>,
  say: (line: string) => void,
): Promise<T> {
  const replaced = new Set<WantedPort>();
  for (;;) {
    try {
      const service = await start(wanted.map((each) => (replaced.has(each) ? 0 : each.port)));
      for (const each of replaced) {
        const actual = service.ports[wanted.indexOf(each)];
        say(`port ${each.port} is taken: using ${actual} (${each.variable} chooses another)`);
      }
      return service;
    } catch (error) {
      const taken = wanted.find((each) => !replaced.has(each) && each.port === takenPort(error));
      if (!taken) throw error;
      const { configured, port, variable } = taken;
      if (configured) throw new Error(`${variable}: port ${port} is taken on this machine`, { cause: error });
      replaced.add(taken);
    }
  }
}

/** The port in Node's `listen EADDRINUSE: address already in use :::8080`, or `127.0.0.1:8080`, or `::1:8080`. */
function takenPort(error: unknown): number | undefined {
  const [, port] = /EADDRINUSE\b[^\n]*? in use \S*?:(\d+)(?![\d:])/.exec((error as Error).message) ?? [];
  return port === undefined ? undefined : Number(port);
}

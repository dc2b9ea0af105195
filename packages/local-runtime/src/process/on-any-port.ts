import { freePort } from './free-port';

const ATTEMPTS = 5;

/**
 * Starts a server on the wanted port, or on a free one. Another program may bind a free port first: then it starts on another
 * one, up to five times.
 *
 * @param start rejects with an error whose message says "address already in use" when the port is taken
 * @param anyPort finds a port where none is wanted
 */
export async function onAnyPort<Server>(
  wanted: number | undefined,
  start: (port: number) => Promise<Server>,
  anyPort: () => Promise<number> = freePort,
): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(wanted ?? (await anyPort()));
    } catch (error) {
      const taken = /address already in use/i.test((error as Error).message);
      if (wanted !== undefined || !taken || attempt === ATTEMPTS) throw error;
    }
  }
}

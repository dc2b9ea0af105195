import type { WantedPort } from '../config/launcher-config';
import { freePort, tryPort } from '../process/free-port';

/**
 * The wanted port if it is free, else another one, unless that very port was asked for.
 *
 * @throws Error naming the variable and the port when it was asked for and is taken.
 */
export async function choosePort(
  { variable, port, asked }: WantedPort,
  say: (line: string) => void,
): Promise<number> {
  // Services listen on all addresses, so the port must be free on all of them.
  const free = await tryPort(port, undefined);
  if (free !== undefined) return free;
  if (asked) throw new Error(`${variable}: port ${port} is taken on this machine`);
  const other = await freePort();
  say(`port ${port} is taken: using ${other} (${variable} chooses another)`);
  return other;
}

import { Connection } from './connection';
import type { LoadOptions, LoadReport } from './load';
import { Window } from './window';

/** Keeps every connection busy: each sends its next request after the answer to the last. Measures the throughput of a server. */
export async function closedLoop(options: LoadOptions, pool: readonly Buffer[]): Promise<LoadReport> {
  const { port, connections, again, warmUpMs, windowMs, serverPid } = options;
  const window = new Window(serverPid);
  let next = 0;
  let ended = false;
  const end = (): void => {
    ended = true;
    window.close();
  };
  const timers = [setTimeout(() => window.open(), warmUpMs), setTimeout(end, warmUpMs + windowMs)];

  const takeNext = (): Buffer | undefined => {
    if (again && next >= pool.length) next = 0;
    return pool[next++];
  };
  const keepBusy = (connection: Connection): Promise<void> =>
    new Promise((resolve) => {
      const turn = (): void => {
        const request = ended ? undefined : takeNext();
        if (!request) {
          end();
          connection.close();
          resolve();
          return;
        }
        connection.send(request, (status) => {
          window.count(status);
          turn();
        });
      };
      turn();
    });
  await Promise.all(Array.from({ length: connections }, () => keepBusy(new Connection(port))));
  for (const timer of timers) clearTimeout(timer);
  return window.report();
}

import { createHistogram } from 'node:perf_hooks';
import { Connection } from './connection';
import type { LoadOptions, LoadReport } from './load';
import { Window } from './window';

/** Interval of sending what is due. A request is late by half of it on average, which counts as latency. */
const TICK_MS = 1;

/**
 * Sends requests when they are due, at random times of the given mean rate (a Poisson process), however slowly the server
 * answers. Latency counts from the due time: a request that waits for a free connection or a stalled server is late, and so
 * are all requests that fall due meanwhile (no coordinated omission).
 */
export async function openLoop(
  options: LoadOptions & { perSecond: number },
  pool: readonly Buffer[],
): Promise<LoadReport> {
  const { port, connections, again, warmUpMs, windowMs, perSecond, serverPid } = options;
  const window = new Window(serverPid);
  // Node's HDR histogram, in microseconds.
  const latency = createHistogram({ lowest: 1, highest: 600_000_000, figures: 3 });
  const free = Array.from({ length: connections }, () => new Connection(port));
  const waiting: { readonly due: number; readonly request: Buffer }[] = [];
  let inFlight = 0;

  const send = (connection: Connection, due: number, request: Buffer): void => {
    inFlight++;
    connection.send(request, (status) => {
      inFlight--;
      // A request that is due within the window counts, whenever it is answered.
      if (due >= opensAt && due < endsAt) {
        latency.record(Math.max(1, Math.round((performance.now() - due) * 1_000)));
      }
      window.count(status);
      const late = waiting.shift();
      if (late) send(connection, late.due, late.request);
      else free.push(connection);
    });
  };

  const startsAt = performance.now();
  const opensAt = startsAt + warmUpMs;
  const endsAt = opensAt + windowMs;
  let next = 0;
  let due = startsAt;
  await new Promise<void>((resolve) => {
    const tick = (): void => {
      const now = performance.now();
      if (now >= opensAt) window.open();
      for (; due <= now && due < endsAt; due += (-Math.log(1 - Math.random()) * 1_000) / perSecond) {
        const request = pool[again ? next++ % pool.length : next++];
        if (!request) throw new Error('the pool holds too few requests for this rate and time');
        const connection = free.pop();
        if (connection) send(connection, due, request);
        else waiting.push({ due, request });
      }
      if (now >= endsAt) window.close();
      if (now >= endsAt && inFlight === 0) resolve();
      else setTimeout(tick, TICK_MS);
    };
    tick();
  });
  for (const connection of free) connection.close();
  const ms = (percentile: number): number => latency.percentile(percentile) / 1_000;
  return {
    ...window.report(),
    latency: { p50: ms(50), p99: ms(99), p999: ms(99.9), max: latency.max / 1_000 },
  };
}

import { createHistogram } from 'node:perf_hooks';
import { Connection } from './connection';
import type { LoadOrder, LoadReport } from './load-report';
import { Window } from './window';

/** How often what is due is sent. A request is late by half of it on average, which counts as latency. */
const TICK_MS = 1;

/**
 * Sends requests when they are due, at random times (a Poisson process) that make up the rate, however slowly the server
 * answers. Latency counts from when a request was due: one that waits for a free connection, or for a server that
 * stands still, is late, and so are all that fall due meanwhile (no coordinated omission).
 */
export async function openLoop(
  order: LoadOrder & { perSecond: number },
  pool: readonly Buffer[],
): Promise<LoadReport> {
  const { port, connections, again, warmUpMs, windowMs, perSecond, serverPid } = order;
  const window = new Window(serverPid);
  // Node's own HDR histogram, in microseconds.
  const latency = createHistogram({ lowest: 1, highest: 600_000_000, figures: 3 });
  const free = Array.from({ length: connections }, () => new Connection(port));
  const waiting: { readonly due: number; readonly request: Buffer }[] = [];
  let underWay = 0;

  const send = (connection: Connection, due: number, request: Buffer): void => {
    underWay++;
    connection.send(request, (status) => {
      underWay--;
      // What fell due within the window counts, whenever it is answered.
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
      if (now >= endsAt && underWay === 0) resolve();
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

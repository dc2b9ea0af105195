import { createHistogram } from 'node:perf_hooks';
import { cpuSeconds } from '../harness/process-usage';
import { Connection } from './connection';
import { readPool } from './requests';
import type { LoadOptions, LoadReport } from './run-load';

/**
 * Counts responses, and measures duration and CPU time of the window after the warm-up.
 *
 * States: before `open` (warm-up), open, and closed after `close`. Only an open window counts responses for the rate.
 */
export class Window {
  private readonly statuses: Record<string, number> = {};
  private answers = 0;
  private opened: Moment | undefined;
  private closed: Moment | undefined;

  constructor(private readonly serverPid: number | undefined) {}

  open(): void {
    this.opened ??= moment(this.serverPid);
  }

  close(): void {
    this.open();
    this.closed ??= moment(this.serverPid);
  }

  get isOpen(): boolean {
    return this.opened !== undefined && this.closed === undefined;
  }

  count(status: number): void {
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    if (this.isOpen) this.answers++;
  }

  report(): LoadReport {
    const { opened, closed } = this;
    if (!opened || !closed) throw new Error('the window is not closed');
    return {
      answers: this.answers,
      seconds: (closed.ms - opened.ms) / 1_000,
      statuses: this.statuses,
      serverCpu:
        opened.server === undefined || closed.server === undefined
          ? undefined
          : closed.server - opened.server,
      loadCpu: closed.own - opened.own,
    };
  }
}

interface Moment {
  readonly ms: number;
  readonly server: number | undefined;
  readonly own: number;
}

function moment(serverPid: number | undefined): Moment {
  const { user, system } = process.cpuUsage();
  return { ms: performance.now(), server: cpuSeconds(serverPid), own: (user + system) / 1e6 };
}

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

/** Runs the load of one measurement. Takes its options as JSON and prints its report as JSON. */
async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? '') as LoadOptions;
  const pool = await readPool(options.pool);
  const { perSecond } = options;
  const report = await (perSecond === undefined
    ? closedLoop(options, pool)
    : openLoop({ ...options, perSecond }, pool));
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

void main();

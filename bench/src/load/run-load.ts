import { join } from 'node:path';
import { runProgram } from '../harness/program';

/** The result of a load. */
export interface LoadReport {
  /** Responses within the measured window. */
  readonly answers: number;
  readonly seconds: number;
  /** All responses by status, those of the warm-up and after the window included; 0 is a broken connection. */
  readonly statuses: Readonly<Record<string, number>>;
  /** CPU time in seconds of the server and of the load within the window; undefined without /proc. */
  readonly serverCpu: number | undefined;
  readonly loadCpu: number;
  /** Milliseconds from the due time of a request to its response; with an open loop only. */
  readonly latency?: {
    readonly p50: number;
    readonly p99: number;
    readonly p999: number;
    readonly max: number;
  };
}

/** The options of a load program: its only argument, as JSON. */
export interface LoadOptions {
  readonly port: number;
  /** The file with the requests. */
  readonly pool: string;
  /** Whether the pool starts over at its end; otherwise the window ends with it. */
  readonly again: boolean;
  readonly connections: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
  /** Requests per second, sent when they are due (open loop); without it a request follows each response (closed loop). */
  readonly perSecond?: number;
  readonly serverPid?: number;
}

/** The built program, also when a test runs the sources. */
const LOAD = join(__dirname, '../../dist/load/main.js');

/**
 * Runs a load in its own process.
 *
 * @throws {Error} when a response has a status other than `expected`
 */
export async function runLoad(
  cores: string | undefined,
  options: LoadOptions,
  expected: number,
): Promise<LoadReport> {
  const report = (await runProgram(cores, LOAD, options)) as LoadReport;
  const unexpected = Object.keys(report.statuses).filter((status) => status !== String(expected));
  if (unexpected.length > 0) {
    throw new Error(`expected only status ${String(expected)}, got ${JSON.stringify(report.statuses)}`);
  }
  return report;
}

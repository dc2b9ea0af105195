/** What a load program found. */
export interface LoadReport {
  /** Answers within the window that is measured. */
  readonly answers: number;
  readonly seconds: number;
  /** All answers, of the warm-up and of what was under way at the end too, by status; 0 is a broken connection. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Seconds of CPU that the server, and this program, used within the window; undefined where the system does not tell. */
  readonly serverCpu: number | undefined;
  readonly loadCpu: number;
  /** In milliseconds from when a request was due until its answer; with an open loop only. */
  readonly latency?: {
    readonly p50: number;
    readonly p99: number;
    readonly p999: number;
    readonly max: number;
  };
}

/** What a load program is to do: its only argument, as JSON. */
export interface LoadOrder {
  readonly port: number;
  /** File with the requests. */
  readonly pool: string;
  /** Whether a request may be sent again when all were; else the window ends with the pool. */
  readonly again: boolean;
  readonly connections: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
  /** Requests a second, sent when they are due whether or not others were answered; without it, as fast as answers come. */
  readonly perSecond?: number;
  readonly serverPid?: number;
}

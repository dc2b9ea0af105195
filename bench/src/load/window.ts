import { cpuSeconds } from '../process/cpu-time';
import type { LoadReport } from './load';

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

import type { Writable } from 'node:stream';
import type { DestinationStream } from 'pino';

/** What a reader that has fallen behind may leave unread, in characters. The lines after it are dropped. */
const MOST_BUFFERED = 1_000_000;

/** How long the end of the process waits for a reader, in ms. One that hangs must not hold it up. */
const FLUSH_MS = 1_000;

type Output = Pick<Writable, 'write' | 'writableLength' | 'on' | 'once' | 'off'>;

/**
 * Writes log lines to a stream and never waits for its reader: a write that waits would keep the event loop, and with it the
 * handler of signals.
 *
 * *Flowing*: each line is passed on, and buffered while the reader is slow. *Dropping*: entered when the buffer is full. Lines
 * are dropped and counted. Left when the buffer is empty; `onRecovered` then gets the number. *Lost*: entered when the stream
 * fails, as when its reader ended, and never left. Lines are dropped and counted.
 */
export class LogOutput implements DestinationStream {
  /** How many lines were dropped so far. */
  dropped = 0;
  /** Called with the number of lines that were dropped since the last call, once the reader has caught up. */
  onRecovered: (dropped: number) => void = () => undefined;
  private state: 'flowing' | 'dropping' | 'lost' = 'flowing';
  private reported = 0;

  constructor(private readonly output: Output) {
    setNonBlocking(output);
    output.on('error', () => {
      this.state = 'lost';
    });
    output.on('drain', () => {
      if (this.state === 'dropping') this.recover();
    });
  }

  write(line: string): void {
    if (this.state === 'flowing' && this.output.writableLength + line.length > MOST_BUFFERED) {
      this.state = 'dropping';
    }
    if (this.state === 'flowing') this.output.write(line);
    else this.dropped += 1;
  }

  /** Resolves once everything is passed on, or after a second. */
  async flush(): Promise<void> {
    if (this.state === 'lost' || this.output.writableLength === 0) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.output.off('drain', end);
        this.output.off('error', end);
        resolve();
      };
      const timer = setTimeout(end, FLUSH_MS);
      this.output.once('drain', end).once('error', end);
    });
  }

  private recover(): void {
    this.state = 'flowing';
    const dropped = this.dropped - this.reported;
    this.reported = this.dropped;
    this.onRecovered(dropped);
  }
}

/** Node makes a terminal blocking, so that one that is stopped (Ctrl-S) would stop the process; a pipe it does not. */
function setNonBlocking(output: object): void {
  const { _handle: handle, isTTY } = output as {
    readonly isTTY?: boolean;
    readonly _handle?: { setBlocking?(blocking: boolean): void };
  };
  if (isTTY) handle?.setBlocking?.(false);
}

let standard: LogOutput | undefined;

/** The log of this process, on its standard output. */
export function standardOutput(): LogOutput {
  return (standard ??= new LogOutput(process.stdout));
}

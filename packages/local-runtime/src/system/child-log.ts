import { createStream, type RotatingFileStream } from 'rotating-file-stream';

/** A log file is rotated at this size; this many older files stay beside it: `worker.log`, `worker.1.log`, ... */
const SIZE = '10M';
const OLDER_FILES = 3;

export interface ChildLogOptions {
  readonly folder: string;
  /** Separates the logs of several systems in one checkout. */
  readonly suffix: string;
  /** Also gets every line, prefixed with the child's name. */
  readonly echo: ((line: string) => void) | undefined;
  /** The size at which the file is rotated. */
  readonly size?: `${number}${'K' | 'M'}`;
  /** How many characters may wait for the file. */
  readonly mostPending?: number;
}

/** Where a child's lines go. */
export interface ChildLog {
  write(line: string): void;
  /** Resolves when all lines are in the file. */
  close(): Promise<void>;
}

/**
 * Opens a child's log file, which is continued after a restart, rotated by size and readable by its owner only. A log that
 * cannot be written stops nothing. Of a child that prints faster than the disk takes, lines are dropped, and the file says how
 * many.
 */
export function childLog(name: string, options: ChildLogOptions): ChildLog {
  const { folder, suffix, echo, size = SIZE, mostPending = MOST_PENDING } = options;
  // The library calls it without a number for the file that is written to.
  const fileName = (index: number | Date | null): string =>
    `${name}${suffix}${index ? `.${Number(index)}` : ''}.log`;
  const file = createStream(fileName, { path: folder, size, rotate: OLDER_FILES, mode: 0o600 });
  const lines = new PendingLines(file, mostPending);
  let isOpen = true;
  file.on('error', (error) => {
    isOpen = false;
    echo?.(`${name}: no log file: ${error.message}`);
  });
  return {
    write(line) {
      if (isOpen) lines.add(line);
      echo?.(`${name.padEnd(7)} | ${line}`);
    },
    close: () =>
      new Promise((resolve) => {
        if (!isOpen) resolve();
        isOpen = false;
        file.once('close', resolve);
        lines.end();
      }),
  };
}

/** Characters that may wait for the file; several seconds of what a service prints at most. */
const MOST_PENDING = 8 * 1024 ** 2;
/** Lines are written together: each write of its own takes a turn of the disk. */
const LINES_AT_ONCE = 500;

/** Lines on their way to a file, in their order, one write at a time. */
class PendingLines {
  private lines: string[] = [];
  private length = 0;
  private dropped = 0;
  private isWriting = false;
  private isEnding = false;

  constructor(
    private readonly file: RotatingFileStream,
    private readonly most: number,
  ) {}

  add(line: string): void {
    if (this.length >= this.most) {
      this.dropped++;
      return;
    }
    this.push(line);
    this.flush();
  }

  /** Closes the file after the last line. */
  end(): void {
    this.isEnding = true;
    this.flush();
  }

  private push(line: string): void {
    this.lines.push(`${line}\n`);
    this.length += line.length + 1;
  }

  private flush(): void {
    if (this.isWriting) return;
    if (this.lines.length === 0 && this.dropped > 0) {
      this.push(`${this.dropped} lines were dropped here: they came faster than the disk takes them`);
      this.dropped = 0;
    }
    if (this.lines.length === 0) {
      if (this.isEnding) this.file.end();
      return;
    }
    const text = this.lines.splice(0, LINES_AT_ONCE).join('');
    this.isWriting = true;
    this.file.write(text, () => {
      this.length -= text.length;
      this.isWriting = false;
      this.flush();
    });
  }
}

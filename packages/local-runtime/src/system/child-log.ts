import { createStream } from 'rotating-file-stream';

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
}

/** Where a child's lines go. */
export interface ChildLog {
  write(line: string): void;
  /** Resolves when all lines are in the file. */
  close(): Promise<void>;
}

/**
 * Opens a child's log file, which is continued after a restart, rotated by size and readable by its owner only. A log that
 * cannot be written stops nothing.
 */
export function childLog(name: string, options: ChildLogOptions): ChildLog {
  const { folder, suffix, echo, size = SIZE } = options;
  // The library calls it without a number for the file that is written to.
  const fileName = (index: number | Date | null): string =>
    `${name}${suffix}${index ? `.${Number(index)}` : ''}.log`;
  const file = createStream(fileName, { path: folder, size, rotate: OLDER_FILES, mode: 0o600 });
  let isOpen = true;
  file.on('error', (error) => {
    isOpen = false;
    echo?.(`${name}: no log file: ${error.message}`);
  });
  return {
    write(line) {
      if (isOpen) file.write(`${line}\n`);
      echo?.(`${name.padEnd(7)} | ${line}`);
    },
    close: () =>
      new Promise((resolve) => {
        if (!isOpen) resolve();
        isOpen = false;
        file.once('close', resolve).end();
      }),
  };
}

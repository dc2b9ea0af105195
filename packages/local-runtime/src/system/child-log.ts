import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';

export interface ChildLogOptions {
  readonly folder: string;
  /** Separates the logs of several systems in one checkout. */
  readonly suffix: string;
  /** Also gets every line, prefixed with the child's name. */
  readonly echo: ((line: string) => void) | undefined;
}

/** Opens a child's log file, empties it and returns what appends a line. A log that cannot be written stops nothing. */
export function childLog(name: string, options: ChildLogOptions): (line: string) => void {
  const { folder, suffix, echo } = options;
  mkdirSync(folder, { recursive: true });
  const file = createWriteStream(join(folder, `${name}${suffix}.log`));
  file.on('error', (error) => echo?.(`${name}: no log file: ${error.message}`));
  return (line) => {
    file.write(`${line}\n`);
    echo?.(`${name.padEnd(7)} | ${line}`);
  };
}

import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';

export interface LogOptions {
  readonly folder: string;
  /** Keeps the logs of several systems in one checkout apart. */
  readonly suffix: string;
  /** Also gets every line, with the child's name before it. */
  readonly echo: ((line: string) => void) | undefined;
}

/** Opens a child's log file, empty, and returns what takes its lines. A log that cannot be written stops nothing. */
export function childLog(name: string, { folder, suffix, echo }: LogOptions): (line: string) => void {
  mkdirSync(folder, { recursive: true });
  const file = createWriteStream(join(folder, `${name}${suffix}.log`));
  file.on('error', (error) => echo?.(`${name}: no log file: ${error.message}`));
  return (line) => {
    file.write(`${line}\n`);
    echo?.(`${name.padEnd(7)} | ${line}`);
  };
}

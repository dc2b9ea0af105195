import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { processMark, runningProcess } from './process-mark';

/**
 * Takes a lock that this process holds until `release` or its end: a lock of a process that is gone is taken over.
 *
 * @param what it is for, in words
 * @throws Error naming the holder when a running process has it.
 */
export function takeLock(file: string, what: string): { release(): void } {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  const mark = processMark(process.pid);
  writeFileSync(mine, mark);
  try {
    while (!tryLink(mine, file)) {
      const holder = runningProcess(read(file));
      if (holder !== undefined) {
        throw new Error(`${what} is in use by process ${holder} (if that is no npm start, remove ${file})`);
      }
      // Moved away rather than removed, so that of two who find it stale only one takes it.
      moveAway(file, `${mine}.stale`);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return {
    release() {
      if (read(file) === mark) rmSync(file, { force: true });
    },
  };
}

/** A link, since it comes into being with its content and fails where there is one. */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function moveAway(file: string, to: string): void {
  try {
    renameSync(file, to);
  } catch {
    return;
  }
  // Somebody took it between our look and our move: it goes back.
  if (runningProcess(read(to)) !== undefined) tryLink(to, file);
  rmSync(to, { force: true });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

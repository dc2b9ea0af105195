import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isAlive } from './is-alive';

/**
 * Takes a lock that this process holds until `release` or its end: a lock of a process that is gone is taken over.
 *
 * @param what it is for, in words
 * @throws Error naming the holder when a running process has it.
 */
export function takeLock(file: string, what: string): { release(): void } {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    while (!tryLink(mine, file)) {
      const holder = readPid(file);
      if (holder !== undefined && isAlive(holder)) {
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
      if (readPid(file) === process.pid) rmSync(file, { force: true });
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
  const moved = readPid(to);
  // Somebody took it between our look and our move: it goes back.
  if (moved !== undefined && isAlive(moved)) tryLink(to, file);
  rmSync(to, { force: true });
}

function readPid(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from './is-alive.mjs';
import { processInfo } from './process-info.mjs';

/**
 * Does `work` while no other process on this machine does the same, waiting for its turn. A lock
 * left by a process that is gone counts for nothing.
 *
 * @template T
 * @param {string} file the lock
 * @param {(line: string) => void} say
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, say, work) {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  while (!take(file)) {
    const [holder, started] = readText(file).split(' ');
    if (holder && !stillRuns(Number(holder), started)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!told) say(`setup: waiting for process ${holder || '?'}, which is setting up here as well`);
    told = true;
    await delay(100);
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function take(file) {
  try {
    writeFileSync(file, `${process.pid} ${processInfo(process.pid)?.started ?? ''}`.trim(), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether the holder runs, and not a later process with its id. */
function stillRuns(pid, started) {
  const now = started && processInfo(pid)?.started;
  return isAlive(pid) && (!now || now === started);
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

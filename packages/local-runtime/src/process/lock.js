// Plain JavaScript without packages: scripts/ runs this file before anything is installed or built.
const { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');
const { processIdentity, runningProcess } = require('./process-info.js');

/**
 * A lock of this process. It ends with `release`, or with the process: a lock whose holder no longer runs counts as free.
 *
 * @typedef {{ release(): void }} Lock
 */

const POLL_MS = 100;

/**
 * Takes a lock at once.
 *
 * @param {string} file the lock file; its folder is created
 * @param {string} resource what the lock protects, for the error message
 * @returns {Lock}
 * @throws {Error} naming the holder, when a running process holds the lock
 */
function takeLock(file, resource) {
  const { lock, holder } = tryLock(file);
  if (lock) return lock;
  throw new Error(`${resource} is in use by process ${holder} (if that is not npm start, remove ${file})`);
}

/**
 * Runs `work` while no other process holds the lock, and waits for that if need be.
 *
 * @template T
 * @param {string} file the lock file; its folder is created
 * @param {(holder: number) => void} onWait called once, with the holder's process id, when it has to wait
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withLock(file, onWait, work) {
  let attempt = tryLock(file);
  if (!attempt.lock) onWait(attempt.holder);
  while (!attempt.lock) {
    await delay(POLL_MS);
    attempt = tryLock(file);
  }
  const { lock } = attempt;
  process.once('exit', lock.release);
  try {
    return await work();
  } finally {
    process.off('exit', lock.release);
    lock.release();
  }
}

/**
 * @param {string} file
 * @returns {{ lock: Lock, holder?: undefined } | { lock?: undefined, holder: number }}
 */
function tryLock(file) {
  // It may create data/ and data/run, which are their owner's alone.
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const own = `${file}.${process.pid}`;
  const identity = processIdentity(process.pid);
  writeFileSync(own, identity, { mode: 0o600 });
  try {
    while (!tryLink(own, file)) {
      const holder = runningProcess(read(file));
      if (holder !== undefined) return { holder };
      removeStale(file, `${own}.stale`);
    }
  } finally {
    rmSync(own, { force: true });
  }
  return {
    lock: {
      release() {
        if (read(file) === identity) rmSync(file, { force: true });
      },
    },
  };
}

/**
 * Creates the lock by a link: it appears together with its content, and the call fails where a lock exists.
 *
 * @param {string} from
 * @param {string} to
 */
function tryLink(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Renames the lock before it is removed, so that only one of two processes that find it stale removes it.
 *
 * @param {string} file
 * @param {string} to
 */
function removeStale(file, to) {
  try {
    renameSync(file, to);
  } catch {
    return;
  }
  // Another process took the lock between our look and our rename: restore it.
  if (runningProcess(read(to)) !== undefined) tryLink(to, file);
  rmSync(to, { force: true });
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

module.exports = { takeLock, withLock };

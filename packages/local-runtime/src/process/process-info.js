// Plain JavaScript without packages: scripts/ runs this file before anything is installed or built.
const { spawnSync } = require('node:child_process');
const { readFileSync } = require('node:fs');

/**
 * @typedef {object} ProcessInfo
 * @property {number} parent
 * @property {string} args
 * @property {string} [started] start time in clock ticks since boot, which distinguishes a process from a later one with the same
 *   id; only /proc has it
 */

/**
 * Whether a process with this id runs, ours or not.
 *
 * @param {number} pid
 * @returns {boolean}
 */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * Reads a process' parent, command line and start time, from /proc where there is one: not every machine has `ps`.
 *
 * @param {number} pid
 * @returns {ProcessInfo | undefined} undefined when no such process runs
 */
function processInfo(pid) {
  return fromProc(pid) ?? fromPs(pid);
}

/**
 * `<pid> <start time>`, which identifies a process even after its id is reused. Without /proc it is the id alone.
 *
 * @param {number} pid
 * @returns {string}
 */
function processIdentity(pid) {
  return `${pid} ${fromProc(pid)?.started ?? ''}`.trim();
}

/**
 * The id of the process with this identity, if that process still runs.
 *
 * @param {string} identity as `processIdentity` gives it
 * @returns {number | undefined}
 */
function runningProcess(identity) {
  const [id, started] = identity.trim().split(' ');
  const pid = Number(id);
  if (!pid || !isAlive(pid)) return undefined;
  const now = started && fromProc(pid)?.started;
  return now && now !== started ? undefined : pid;
}

/**
 * @param {number} pid
 * @returns {ProcessInfo | undefined}
 */
function fromProc(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    // The second field is the program's name, which may hold spaces and brackets (proc(5)): count from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), args, started: fields[19] };
  } catch {
    return undefined;
  }
}

/**
 * @param {number} pid
 * @returns {ProcessInfo | undefined}
 */
function fromPs(pid) {
  const { stdout } = spawnSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' });
  const [, parent, args = ''] = /^\s*(\d+)\s+(.*)/.exec(stdout ?? '') ?? [];
  return parent === undefined ? undefined : { parent: Number(parent), args };
}

module.exports = { isAlive, processIdentity, processInfo, runningProcess };

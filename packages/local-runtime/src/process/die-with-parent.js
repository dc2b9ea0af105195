// Plain JavaScript without packages: scripts/ runs this file before anything is installed or built.
const { spawn } = require('node:child_process');
const { Socket } = require('node:net');

// `read` returns at the end of the pipe; nothing is ever written to it. A child with a process group takes it along.
const SCRIPT =
  'read -r _; kill -s KILL -- "-$1" 2>/dev/null || kill -s KILL "$1" 2>/dev/null; [ -z "$2" ] || rm -rf -- "$2"';

/**
 * Kills `child`, with its process group where it leads one, and removes `folder` when this process ends, however it ends
 * (SIGKILL included).
 *
 * A small shell in its own session waits for the end of a pipe that only this process holds open. The kernel closes that
 * pipe together with this process, which no signal can prevent. Unlike Linux' PDEATHSIG this works on every POSIX system
 * and does not depend on the thread that forked. When the child ends first, the shell is killed, so it never signals a
 * recycled process id.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} [folder]
 */
function dieWithParent(child, folder = '') {
  if (child.pid === undefined) return;
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'die-with-parent', String(child.pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  if (guard.stdin instanceof Socket) guard.stdin.unref();
  child.once('exit', () => guard.kill('SIGKILL'));
}

module.exports = { dieWithParent };

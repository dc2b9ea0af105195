import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';

// `read` returns at the end of the pipe; nothing is ever written to it.
const SCRIPT = 'read -r _; kill -KILL "$1" 2>/dev/null; [ -z "$2" ] || rm -rf -- "$2"';

/**
 * Kills `child` and removes `folder` when this process ends, however it ends (SIGKILL included).
 *
 * A small shell in its own session waits for the end of a pipe that only this process holds open. The kernel closes that
 * pipe together with this process, which no signal can prevent. Unlike Linux' PDEATHSIG this works on every POSIX system
 * and does not depend on the thread that forked. When the child ends first, the shell is killed, so it never signals a
 * recycled process id.
 */
export function dieWithParent(child: ChildProcess, folder = ''): void {
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

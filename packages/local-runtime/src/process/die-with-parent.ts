import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';

// `read` sees the end of the pipe; nothing is ever written to it.
const SCRIPT = 'read -r _; kill -KILL "$1" 2>/dev/null; [ -z "$2" ] || rm -rf -- "$2"';

/**
 * Kills `child` when this process is gone, however it went (SIGKILL included), and removes `folder`.
 *
 * A small shell in its own session waits for the end of a pipe that only this process holds open.
 * The kernel closes that pipe with us, which no signal can prevent; unlike Linux' PDEATHSIG it works
 * on every POSIX system and does not depend on the thread that forked. When the child ends first,
 * the shell goes with it, so it never aims at a recycled pid.
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

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
// The source of a built package, since nothing is built yet.
import { dieWithParent } from '../../packages/local-runtime/src/process/die-with-parent.js';
import { liveLine } from './live-line.mjs';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs one command of the set-up and says what is done and for how long. If the command fails, shows its output and ends
 * this process with the command's exit code. A signal is forwarded to the command and afterwards ends this process,
 * whatever the command's exit code. The command does not outlive this process.
 *
 * @param {string} title names the step
 * @param {string[]} command
 * @param {{ output: NodeJS.WriteStream, cwd?: string }} options
 */
export async function runStep(title, [file, ...args], { output, cwd }) {
  const end = liveLine(output, title);
  let received;
  const forward = (signal) => {
    received ??= signal;
    child.kill(signal);
  };
  // First: the command may run, and be interrupted, before this process goes on.
  for (const signal of FORWARDED) process.on(signal, forward);
  const child = spawn(file, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  dieWithParent(child);

  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  }
  const { code, signal } = await new Promise((resolve) => {
    child.on('error', (error) => {
      text += error.message;
      resolve({ code: 1, signal: null });
    });
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  for (const each of FORWARDED) process.off(each, forward);

  end(received ? 'interrupted' : code === 0 ? 'done' : 'failed');
  if (received) process.exit(128 + constants.signals[received]);
  if (code === 0) return;
  if (!signal) console.error(`${text}\nsetup: failed: ${title}`);
  process.exit(code ?? 1);
}

import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs one command of the set-up silently. If the command fails, shows its output and ends this process with the
 * command's exit code. A signal is forwarded to the command and afterwards ends this process, whatever the command's exit
 * code: turbo exits with 0 on Ctrl-C.
 *
 * @param {string} title names the step
 * @param {string[]} command
 * @param {{ say: (line: string) => void, cwd?: string, env?: Record<string, string> }} options
 */
export async function runStep(title, [file, ...args], { say, cwd, env }) {
  say(`setup: ${title}`);
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let received;
  const forward = (signal) => {
    received ??= signal;
    child.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);

  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  }
  const { code, signal } = await new Promise((resolve) => {
    child.on('error', (error) => {
      output += error.message;
      resolve({ code: 1, signal: null });
    });
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  for (const each of FORWARDED) process.off(each, forward);

  if (received) process.exit(128 + constants.signals[received]);
  if (code === 0) return;
  if (!signal) console.error(`${output}\nsetup: failed: ${title}`);
  process.exit(code ?? 1);
}

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ROOT } from './root.mjs';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs one command of the set-up in the root folder, silently. If it fails, shows all it printed and
 * ends this process with its exit code. Signals go on to the command, and end this process after it whatever it made of
 * them: turbo exits with 0 on Ctrl-C.
 *
 * @param {string} title what is being done
 * @param {string[]} command
 * @param {{ say: (line: string) => void, env?: Record<string, string> }} options
 */
export async function runStep(title, [file, ...args], { say, env }) {
  say(`setup: ${title}`);
  const child = spawn(file, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let asked;
  const forward = (signal) => {
    asked ??= signal;
    child.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);

  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  }
  const { code, signal } = await new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 1, signal: null, error: (output += error.message) }));
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  for (const each of FORWARDED) process.off(each, forward);

  if (asked) process.exit(128 + constants.signals[asked]);
  if (code === 0) return;
  if (!signal) console.error(`${output}\nsetup: failed: ${title}`);
  process.exit(code ?? 1);
}

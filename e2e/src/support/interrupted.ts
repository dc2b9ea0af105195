import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Env } from '@optout-sync/shared/config';

const CLI = join(__dirname, '../../../packages/cli/dist/main.js');

export interface Interrupted {
  /** What standard output got; empty where it went to a file. */
  readonly out: () => string;
  /** What standard error got; on a terminal what that shows. */
  readonly shown: () => string;
  /** Ctrl-C. */
  readonly interrupt: () => void;
  readonly ended: Promise<number | null>;
}

interface Options {
  readonly env: Env;
  /** Where standard output goes, as by `>` or `>>` of a shell. */
  readonly redirect?: string;
}

export type Start = (args: readonly string[], options: Options) => Interrupted;

/** A word of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const lineOf = (args: readonly string[], redirect = ''): string =>
  `exec ${[process.execPath, CLI, ...args].map(quoted).join(' ')} ${redirect}`;

/** In a pseudo-terminal of 80 columns, by `script` of util-linux: Ctrl-C is a key, which the terminal turns into the signal. */
export const onTerminal: Start = (args, { env, redirect }) => {
  const line = `stty cols 80 rows 24; ${lineOf(args, redirect)}`;
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    env: { ...process.env, ...env, TERM: 'xterm' },
  });
  let shown = '';
  child.stdout.on('data', (part) => (shown += String(part)));
  // A key that is pressed when the command has just ended.
  child.stdin.on('error', () => undefined);
  return {
    out: () => '',
    shown: () => shown.replaceAll('\r\n', '\n'),
    interrupt: () => void child.stdin.write('\u0003'),
    ended: new Promise((resolve) => child.on('close', resolve)),
  };
};

/** In pipes, as under a scheduler: the signal comes from elsewhere. */
export const inPipe: Start = (args, { env, redirect }) => {
  const child = spawn('sh', ['-c', lineOf(args, redirect)], { env: { ...process.env, ...env } });
  const parts = { out: '', shown: '' };
  child.stdout.on('data', (part) => (parts.out += String(part)));
  child.stderr.on('data', (part) => (parts.shown += String(part)));
  return {
    out: () => parts.out,
    shown: () => parts.shown,
    interrupt: () => void child.kill('SIGINT'),
    ended: new Promise((resolve) => child.on('close', resolve)),
  };
};

/** Runs the command that a stopped one printed, in a shell, as by copying. */
export function goOn(
  stopped: Interrupted,
  { env, redirect = '' }: Options,
): Promise<{ code: number | null; out: string }> {
  // A terminal breaks no line by itself: the text is as it was printed.
  const [, command = ''] = /^To go on: optout-sync (.*)$/m.exec(stopped.shown()) ?? [];
  const child = spawn(
    'sh',
    ['-c', `exec ${quoted(process.execPath)} ${quoted(CLI)} ${command} ${redirect}`],
    {
      env: { ...process.env, ...env },
    },
  );
  let out = '';
  child.stdout.on('data', (part) => (out += String(part)));
  child.stderr.on('data', (part) => (out += String(part)));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out })));
}

import { execFile } from 'node:child_process';
import { promisify, stripVTControlCharacters } from 'node:util';
import { inheritedEnv } from '@optout-sync/local-runtime/process';

const COLUMNS = 80;
const TIMEOUT_MS = 120_000;

/**
 * Runs commands by bash in a terminal of 80 columns, as a person does, and returns the lines that are on it at the end: without
 * colours, and of a line that is written over the last state. The terminal is made by `script` of util-linux.
 *
 * @throws {Error} when the terminal could not be made or the commands take more than two minutes
 */
export async function runInTerminal(
  commands: string,
  { cwd, path }: { readonly cwd: string; readonly path: string },
): Promise<string> {
  const env = { ...inheritedEnv(), COMMANDS: commands, PATH: path, SHELL: '/bin/bash', TERM: 'xterm' };
  const command = `stty cols ${String(COLUMNS)} rows 50; bash -c "$COMMANDS"`;
  const options = { cwd, env, timeout: TIMEOUT_MS, maxBuffer: 10_000_000 };
  const { stdout } = await promisify(execFile)(
    'script',
    ['--quiet', '--command', command, '/dev/null'],
    options,
  );
  return shown(stdout);
}

function shown(output: string): string {
  // Programs go back to the first column by a carriage return or by a control sequence.
  // eslint-disable-next-line no-control-regex -- terminals' control sequences
  const returned = output.replaceAll(/\u001b\[[01]?G/g, '\r');
  const lines = stripVTControlCharacters(returned).split(/\r*\n/);
  const states = lines.map((line) => line.slice(line.lastIndexOf('\r') + 1).trimEnd());
  return states.join('\n').trim();
}

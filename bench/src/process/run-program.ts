import { OwnedProcess, inheritedEnv } from '@optout-sync/local-runtime/process';
import { pinned } from './cores';

/**
 * Runs a Node program to its end. Passes `argument` as JSON and returns the last printed line, parsed as JSON.
 *
 * @throws {Error} when the exit code is not 0
 */
export async function runProgram(
  cores: string | undefined,
  file: string,
  argument: unknown,
): Promise<unknown> {
  const [command = '', ...args] = pinned(cores, [process.execPath, file, JSON.stringify(argument)]);
  const program = await OwnedProcess.start({ command, args, env: inheritedEnv() });
  const { code } = await program.exited;
  if (code !== 0) throw new Error(`${file} ended with ${String(code)}: ${program.logs().join('\n')}`);
  return JSON.parse(program.logs().at(-1) ?? '');
}

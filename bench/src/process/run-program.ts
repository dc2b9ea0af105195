import { OwnedProcess, inheritedEnv } from '@optout-sync/local-runtime/process';
import { pinned } from './cores';

/** Runs a program of Node's to its end, with `order` as its argument, and gives the last line it printed, both as JSON. */
export async function runProgram(cores: string | undefined, file: string, order: unknown): Promise<unknown> {
  const [command = '', ...args] = pinned(cores, [process.execPath, file, JSON.stringify(order)]);
  const program = await OwnedProcess.start({ command, args, env: inheritedEnv() });
  const { code } = await program.exited;
  if (code !== 0) throw new Error(`${file} ended with ${String(code)}: ${program.logs().join('\n')}`);
  return JSON.parse(program.logs().at(-1) ?? '');
}

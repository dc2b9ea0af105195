import { CommanderError } from 'commander';
import { simulateCommand } from '../commands/simulate-command';
import { SimulatorError, type Terminal } from '../commands/terminal';

/** Runs `simulate` as the optout-sync command does. Returns the exit code: 0 for any answer, 1 for none, 2 when nothing was sent. */
export async function runSimulator(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = simulateCommand(terminal);
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => {
        terminal.out(text.trimEnd());
      },
      writeErr: (text) => {
        terminal.error(text.trimEnd());
      },
    });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof SimulatorError)) throw error;
    terminal.error(error.message);
    return error.fault === 'misused' ? 2 : 1;
  }
}

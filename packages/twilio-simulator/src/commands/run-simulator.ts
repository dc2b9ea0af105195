import { Command, CommanderError } from 'commander';
import { eventCommand } from './event-command';
import { messageCommand } from './message-command';
import { statusCommand } from './status-command';
import { studioCommand } from './studio-command';
import { SimulatorError, type Terminal } from './terminal';

const MISUSED = 2;

/**
 * A Twilio on the command line: sends one webhook, really signed, to an ingest on this machine and tells what it answered.
 *
 * @returns the exit code: 0 answered, whatever the answer, 1 not answered, 2 misused
 */
export async function runSimulator(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = new Command('npm run simulate --')
    .description(
      'Plays Twilio: sends signed webhooks to an ingest on this machine. It finds the one of `npm start`;\n' +
        'any other it finds by INGEST_PORT, PUBLIC_URL, TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or by options.',
    )
    .addCommand(messageCommand(terminal))
    .addCommand(statusCommand(terminal))
    .addCommand(eventCommand(terminal))
    .addCommand(studioCommand(terminal));
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
    return report(error, terminal);
  }
}

function report(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSED;
  const { message, code } = error as NodeJS.ErrnoException;
  if (error instanceof SimulatorError) {
    terminal.error(message);
    return MISUSED;
  }
  // Of a name with several addresses the message is empty.
  terminal.error(`no answer: ${message || String(code)}. Does it run there (npm start)?`);
  return 1;
}

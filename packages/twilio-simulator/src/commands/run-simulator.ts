import { Command, CommanderError } from 'commander';
import { escapeControls } from '@optout-sync/shared/domain';
import { eventCommand } from './event-command';
import { messageCommand } from './message-command';
import { statusCommand } from './status-command';
import { studioCommand } from './studio-command';
import { SimulatorError, type Terminal } from './terminal';

const USAGE_ERROR = 2;

/**
 * Twilio on the command line: sends one webhook with a valid signature to an ingest on this machine and prints the answer.
 *
 * @returns the exit code: 0 for any answer, 1 for none, 2 when nothing was sent
 */
export async function runSimulator(args: readonly string[], given: Terminal): Promise<number> {
  const terminal = withoutControls(given);
  const program = new Command('npm run simulate --')
    .description(
      'Simulates Twilio: sends signed webhooks to an ingest on this machine, by default the one of `npm start`.\n' +
        'INGEST_PORT, PUBLIC_URL, TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or options, select another one.',
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

/** What is sent and answered may be anything: it must not act on the terminal. */
function withoutControls({ env, out, error }: Terminal): Terminal {
  return {
    env,
    out(text) {
      out(escapeControls(text));
    },
    error(text) {
      error(escapeControls(text));
    },
  };
}

function report(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_ERROR;
  const { message, code } = error as NodeJS.ErrnoException;
  if (error instanceof SimulatorError) {
    terminal.error(message);
    return USAGE_ERROR;
  }
  // The message is empty for a host with several addresses.
  terminal.error(`no answer: ${message || String(code)}. Is the system running (npm start)?`);
  return 1;
}

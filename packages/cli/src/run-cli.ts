import { Command, CommanderError } from 'commander';
import { OperationError } from '@optout-sync/operations';
import { CONFIG_EXIT_CODE, ConfigError } from '@optout-sync/shared/config';
import { escapeControls } from '@optout-sync/shared/domain';
import { auditCommand } from './audit/audit-command';
import { backfillCommand } from './backfill/backfill-command';
import { ExitStatus, type Terminal } from './command';
import { configCommand } from './config-check/config-command';
import { dlqCommand } from './dlq/dlq-command';
import { optoutsCommand } from './optouts/optouts-command';
import { reviewCommand } from './review/review-command';

/**
 * Runs `optout-sync` with these arguments. Never rejects: errors go to the terminal.
 *
 * @returns the exit code: 0 done, 1 failed, 2 misused, 3 Customer.io differs from the ledger, 78 configuration error
 */
export async function runCli(args: readonly string[], rawTerminal: Terminal): Promise<number> {
  const terminal = withoutControls(rawTerminal);
  const program = new Command('optout-sync')
    .description('Operate optout-sync. REDIS_URL and the other REDIS_ variables name the Redis to use.')
    .addCommand(optoutsCommand(terminal))
    .addCommand(reviewCommand(terminal))
    .addCommand(dlqCommand(terminal))
    .addCommand(auditCommand(terminal))
    .addCommand(backfillCommand(terminal))
    .addCommand(configCommand(terminal));
  for (const command of withSubcommands(program)) {
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

/** What is printed may come from a text message, so nothing of it reaches the terminal as a command. */
function withoutControls(terminal: Terminal): Terminal {
  return {
    ...terminal,
    out: (text) => {
      terminal.out(escapeControls(text));
    },
    error: (text) => {
      terminal.error(escapeControls(text));
    },
  };
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

const FAILED = 1;
const MISUSED = 2;

function report(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSED;
  if (error instanceof ExitStatus) return error.code;
  if (error instanceof ConfigError) {
    terminal.error(error.message);
    return CONFIG_EXIT_CODE;
  }
  terminal.error(`error (${codeOf(error)}): ${(error as Error).message}`);
  return error instanceof OperationError && error.fault === 'misused' ? MISUSED : FAILED;
}

/** Errors that Redis answers with, and those of its client when Redis stops answering. */
const FROM_REDIS =
  /ReplyError|MaxRetriesPerRequestError|Command timed out|Connection is closed|Socket timeout/;

function codeOf(error: unknown): string {
  if (error instanceof OperationError) return error.code;
  const { name, message } = error as Error;
  return FROM_REDIS.test(`${name} ${message}`) ? 'redis_unavailable' : 'internal_error';
}

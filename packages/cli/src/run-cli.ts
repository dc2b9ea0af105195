import { Command, CommanderError } from 'commander';
import { OperationError, OverrideError } from '@optout-sync/operations';
import { CONFIG_EXIT_CODE, ConfigError } from '@optout-sync/shared/config';
import { TwilioApiError } from '@optout-sync/twilio-api';
import { auditCommand } from './audit/audit-command';
import { backfillCommand } from './backfill/backfill-command';
import { configCommand } from './config-check/config-command';
import { dlqCommand } from './dlq/dlq-command';
import { optoutsCommand } from './optouts/optouts-command';
import { reviewCommand } from './review/review-command';
import type { Terminal } from './terminal';

/** Runs `optout-sync` with these arguments and resolves with its exit code: 0, 1 failed, 2 misused, 78 misconfigured. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = new Command('optout-sync')
    .description('Operate optout-sync. Redis is found through REDIS_URL and the other REDIS_ variables.')
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

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

const MISUSED = 2;

function report(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSED;
  if (error instanceof ConfigError) {
    terminal.error(error.message);
    return CONFIG_EXIT_CODE;
  }
  terminal.error(`error (${codeOf(error)}): ${(error as Error).message}`);
  const misused =
    error instanceof OverrideError || (error instanceof OperationError && error.fault === 'misused');
  return misused ? MISUSED : 1;
}

/** What Redis answers, and what its client says when it answers no more. */
const FROM_REDIS =
  /ReplyError|MaxRetriesPerRequestError|Command timed out|Connection is closed|Socket timeout/;

function codeOf(error: unknown): string {
  const coded = [OperationError, OverrideError, TwilioApiError].find((type) => error instanceof type);
  if (coded) return (error as InstanceType<typeof coded>).code;
  const { name, message } = error as Error;
  return FROM_REDIS.test(`${name} ${message}`) ? 'redis_unavailable' : 'internal_error';
}

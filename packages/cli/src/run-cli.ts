import { CommanderError } from 'commander';
import { OperationError } from '@optout-sync/operations';
import { ConfigError } from '@optout-sync/shared/config';
import { UnreadableEntryError } from '@optout-sync/shared/ledger';
import { SimulatorError } from '@optout-sync/twilio-simulator/commands';
import { EXIT, ExitStatus } from './frame/exit-codes';
import { endsByItself } from './frame/interrupt';
import type { Terminal } from './frame/terminal';
import { withoutControls } from './frame/without-controls';
import { createProgram } from './program';

/**
 * Runs `optout-sync` with these arguments. Never rejects: errors go to the terminal.
 *
 * @returns the exit code, see `EXIT`; 130 for a command that Ctrl-C ended
 */
export async function runCli(args: readonly string[], rawTerminal: Terminal): Promise<number> {
  const terminal = withoutControls({ ...rawTerminal, args });
  try {
    await Promise.race([createProgram(terminal).parseAsync(args, { from: 'user' }), interruption(terminal)]);
    return EXIT.done;
  } catch (error) {
    return report(error, terminal);
  }
}

const INTERRUPTED = 130;

/** Ends a command on Ctrl-C, unless it is a job that ends by itself. */
function interruption({ stop }: Terminal): Promise<never> {
  return new Promise((_, reject) => {
    stop?.addEventListener('abort', () => {
      if (!endsByItself()) reject(new ExitStatus(INTERRUPTED));
    });
  });
}

function report(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.misused;
  if (error instanceof ExitStatus) return error.code;
  if (error instanceof ConfigError) {
    terminal.error(error.message);
    if (isRedisAlone(error)) {
      terminal.error('No system runs here: `npm start` runs one, or set REDIS_URL.');
    }
    return EXIT.configuration;
  }
  terminal.error(`error (${codeOf(error)}): ${(error as Error).message}`);
  return isExpected(error) && error.fault === 'misused' ? EXIT.misused : EXIT.failed;
}

const isExpected = (error: unknown): error is OperationError | SimulatorError =>
  error instanceof OperationError || error instanceof SimulatorError;

/** Whether all that is missing is a Redis: then nothing else of the configuration is at fault. */
const isRedisAlone = ({ errors: [first, ...others] }: ConfigError): boolean =>
  first?.includes('REDIS_URL is required') === true && others.length === 0;

/** Errors that Redis answers with, and those of its client when Redis stops answering. */
const FROM_REDIS =
  /ReplyError|MaxRetriesPerRequestError|Command timed out|Connection is closed|Socket timeout/;

function codeOf(error: unknown): string {
  if (isExpected(error) || error instanceof UnreadableEntryError) return error.code;
  const { name, message } = error as Error;
  return FROM_REDIS.test(`${name} ${message}`) ? 'redis_unavailable' : 'internal_error';
}

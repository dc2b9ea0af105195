import { Command, Option } from 'commander';
import { OperationError, findSubject, workspaceConfigOf } from '@optout-sync/operations';
import { readRoutes } from '@optout-sync/shared/config';
import type { Channel } from '@optout-sync/shared/domain';
import { channelOption, type Terminal } from '../command';
import { positiveNumber } from '../option-values';
import { verifyOne } from './verify-one';

/** How a command corrects what it finds. */
export interface FixOptions {
  readonly fix: boolean;
  readonly allowOptIn: boolean;
  readonly yes: boolean;
  readonly by?: string;
  readonly why?: string;
  /** How long to wait for a worker, in seconds. */
  readonly wait: number;
  readonly json: boolean;
}

interface VerifyOptions extends FixOptions {
  readonly channel?: Channel;
  readonly workspace?: string;
}

/** `optouts verify`: compares Customer.io with the ledger, and has the differences corrected. */
export function verifyCommand(terminal: Terminal): Command {
  return new Command('verify')
    .description(
      'Compare what Customer.io holds for a phone now with the ledger. Reads only, without --fix. ' +
        'Exit code 3 when they differ.',
    )
    .argument('<phone>', 'such as +14155550123')
    .addOption(channelOption())
    .option('--workspace <name>', 'the workspace, needed when several are configured')
    .option('--fix', 'have a worker opt out whoever has the stopped number and is not opted out', false)
    .option(
      '--allow-opt-in',
      'with --fix: also set back people who are opted out by a number that they no longer have, or by a former policy. ' +
        'Without --yes only shows them',
      false,
    )
    .option('--yes', 'do it', false)
    .option('--by <name>', 'who does this (needed with --allow-opt-in --yes)')
    .option('--why <text>', 'why, for the audit trail (needed with --allow-opt-in --yes)')
    .addOption(
      new Option('--wait <seconds>', 'how long to wait for a worker').argParser(positiveNumber).default(30),
    )
    .option('--json', 'print JSON', false)
    .action(async (phone: string, { channel, workspace: name, ...options }: VerifyOptions) => {
      checkFix(options);
      const { env } = terminal;
      const subject = findSubject(readRoutes(env), { phone, channel, workspace: name });
      await verifyOne(terminal, {
        subject,
        workspace: workspaceConfigOf(env, subject.workspace),
        ...options,
      });
    });
}

/** @throws {OperationError} `fix_missing` */
function checkFix({ fix, allowOptIn }: FixOptions): void {
  if (allowOptIn && !fix) {
    throw new OperationError('fix_missing', '--allow-opt-in changes people: give it together with --fix');
  }
}

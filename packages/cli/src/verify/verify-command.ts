import { Command, Option } from 'commander';
import {
  OperationError,
  findSubject,
  requireAuthor,
  workspaceConfigOf,
  workspaceOf,
} from '@optout-sync/operations';
import { readRoutes } from '@optout-sync/shared/config';
import type { Channel } from '@optout-sync/shared/domain';
import { addExamples } from '../frame/examples';
import { addChangeOptions, channelOption, jsonOption } from '../frame/options';
import { revealOption } from '../frame/phones';
import type { Terminal } from '../frame/terminal';
import { positiveNumber } from '../frame/option-values';
import { verifyAll, type PassOptions } from './verify-all';
import { verifyOne } from './verify-one';

interface VerifyOptions extends PassOptions {
  readonly all: boolean;
  readonly channel?: Channel;
  readonly workspace?: string;
}

/** `optouts verify`: compares Customer.io with the ledger, and has the differences corrected. */
export function verifyCommand(terminal: Terminal): Command {
  const command = new Command('verify')
    .description(
      'Compare what Customer.io holds now with the ledger: for a phone here and now, with --all for the whole ledger, ' +
        'by the workers. Changes nothing without --fix and --yes. Exit code 3 when they differ.',
    )
    .argument('[phone]', 'such as +14155550123')
    .addOption(channelOption())
    .option('--workspace <name>', 'the workspace, needed when several are configured')
    .option('--fix', 'have a worker opt out whoever has a stopped number and is not opted out', false)
    .option(
      '--allow-opt-in',
      'with --fix: set back people who are opted out by a number that they no longer have, or by a former policy; ' +
        'with --all those that `optouts list --drifted` lists',
      false,
    );
  addPassOptions(addChangeOptions(command))
    .addOption(
      new Option('--wait <seconds>', 'how long to wait for a worker').argParser(positiveNumber).default(30),
    )
    .addOption(revealOption())
    .addOption(jsonOption())
    .action(async (phone: string | undefined, options: VerifyOptions) => {
      checkOptions(phone, options);
      const { channel, workspace: name } = options;
      const routes = readRoutes(terminal.env);
      if (phone === undefined) {
        await verifyAll(terminal, workspaceOf(routes, name), options);
        return;
      }
      const subject = findSubject(routes, { phone, channel, workspace: name });
      const workspace = workspaceConfigOf(terminal.env, subject.workspace);
      await verifyOne(terminal, { ...options, subject, workspace });
    });
  return addExamples(
    command,
    'optout-sync optouts verify +14155550123',
    'optout-sync optouts verify +14155550123 --fix',
    "optout-sync optouts verify +14155550123 --fix --yes --by Ann --why 'ticket 4711'",
    'optout-sync optouts verify --all --json',
  );
}

function addPassOptions(command: Command): Command {
  return command
    .option(
      '--all',
      'compare the whole ledger of the workspace; attaches to such a pass that is under way',
      false,
    )
    .addOption(
      new Option('--detach', 'with --all: do not wait for the end')
        .default(false)
        .conflicts(['status', 'cancel']),
    )
    .addOption(
      new Option('--status', 'with --all: show the latest pass').default(false).conflicts(['cancel', 'fix']),
    )
    .addOption(
      new Option('--cancel', 'with --all: end the pass that is under way').default(false).conflicts('fix'),
    );
}

/** @throws {OperationError} `phone_missing`, `options_conflict`, `fix_missing`, `who_missing` */
function checkOptions(phone: string | undefined, options: VerifyOptions): void {
  const { all, detach, status, cancel, channel } = options;
  if (phone === undefined && !all) {
    throw new OperationError('phone_missing', 'give a phone, or --all for the whole ledger');
  }
  if (phone !== undefined && (all || detach || status || cancel)) {
    throw new OperationError('options_conflict', 'a phone is given together with --all or an option of it');
  }
  if (all && channel !== undefined) {
    throw new OperationError('options_conflict', '--all compares all channels: leave --channel out');
  }
  checkChange(options);
}

/** @throws {OperationError} `fix_missing`, `who_missing` */
function checkChange({ fix, allowOptIn, cancel, ...options }: VerifyOptions): void {
  if (allowOptIn && !fix) {
    throw new OperationError('fix_missing', '--allow-opt-in changes people: give it together with --fix');
  }
  if (!options.yes) return;
  if (!fix && !cancel) {
    throw new OperationError('fix_missing', '--yes does what --fix or --cancel shows: give one of them too');
  }
  requireAuthor(options);
}

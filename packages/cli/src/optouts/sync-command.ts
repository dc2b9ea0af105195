import { Command, Option } from 'commander';
import {
  findSubject,
  followForcedSync,
  requestSyncByHand,
  requireEntry,
  withStores,
} from '@optout-sync/operations';
import { readRoutes } from '@optout-sync/shared/config';
import type { Channel } from '@optout-sync/shared/domain';
import { addExamples } from '../frame/examples';
import { EXIT, ExitStatus } from '../frame/exit-codes';
import { printJson } from '../frame/json';
import {
  NOTHING_DONE,
  addChangeOptions,
  channelOption,
  jsonOption,
  type ChangeOptions,
} from '../frame/options';
import { positiveNumber } from '../frame/option-values';
import { subjectText } from '../frame/subject-text';
import type { Terminal } from '../frame/terminal';
import { followedText } from '../verify/verification-text';

interface SyncOptions extends ChangeOptions {
  readonly channel?: Channel;
  readonly workspace?: string;
  readonly wait: number;
  readonly json: boolean;
}

/** `optouts sync` */
export function syncCommand(terminal: Terminal): Command {
  const command = new Command('sync')
    .description(
      'Have a worker compare a phone with Customer.io now, and opt out whoever has the number and is not. Exit code 3 ' +
        'when it has not ended in time.',
    )
    .argument('<phone>', 'such as +14155550123')
    .addOption(channelOption())
    .option('--workspace <name>', 'the workspace, needed when several are configured')
    .addOption(
      new Option('--wait <seconds>', 'how long to wait for a worker').argParser(positiveNumber).default(30),
    );
  addChangeOptions(command)
    .addOption(jsonOption())
    .action(async (phone: string, options: SyncOptions) => {
      const { channel, workspace, yes, by, why, wait, json } = options;
      const subject = findSubject(readRoutes(terminal.env), { phone, channel, workspace });
      if (!yes) {
        await withStores(terminal, (stores) => requireEntry(stores, subject));
        if (json) printJson(terminal, { done: false, ...subject });
        else terminal.out(`Would have ${subjectText(subject)} compared and corrected.\n${NOTHING_DONE}`);
        return;
      }
      const followed = await withStores(terminal, async (stores) => {
        await requestSyncByHand(stores, subject, { by, why });
        return followForcedSync(stores, subject, () => undefined, { takeMs: wait * 1_000 });
      });
      if (json) printJson(terminal, { done: true, ...subject, ...followed });
      else terminal.out(followedText(followed, wait));
      if (followed.result !== 'done') throw new ExitStatus(EXIT.partly);
    });
  return addExamples(
    command,
    'optout-sync optouts sync +14155550101',
    "optout-sync optouts sync +14155550101 --yes --by Ann --why 'ticket 4711'",
  );
}

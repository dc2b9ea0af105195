import { Command } from 'commander';
import { addExamples } from '../frame/examples';
import type { Terminal } from '../frame/terminal';
import { verifyCommand } from '../verify/verify-command';
import { eraseCommand } from './erase-command';
import { exportCommand } from './export-command';
import { importCommand } from './import-command';
import { listCommand } from './list-command';
import { addCommand, removeCommand } from './override-command';
import { showCommand } from './show-command';
import { syncCommand } from './sync-command';

/** `optouts`: shows, lists and verifies ledger entries, and changes them by hand. */
export function optoutsCommand(terminal: Terminal): Command {
  const command = new Command('optouts')
    .description('Who is opted out, the history of a phone, whether Customer.io agrees, and changes by hand.')
    .addCommand(showCommand(terminal))
    .addCommand(listCommand(terminal))
    .addCommand(verifyCommand(terminal))
    .addCommand(addCommand(terminal))
    .addCommand(removeCommand(terminal))
    .addCommand(exportCommand(terminal))
    .addCommand(importCommand(terminal))
    .addCommand(eraseCommand(terminal))
    .addCommand(syncCommand(terminal));
  return addExamples(
    command,
    'optout-sync optouts show +14155550101',
    'optout-sync optouts list --since 7d',
    'optout-sync optouts verify +14155550101',
  );
}

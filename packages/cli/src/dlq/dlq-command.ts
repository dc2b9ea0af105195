import { Command } from 'commander';
import { addExamples } from '../frame/examples';
import type { Terminal } from '../frame/terminal';
import { runsCommand } from '../runs/runs-command';
import { discardCommand } from './discard-command';
import { listCommand } from './list-command';
import { replayCommand } from './replay-command';
import { resolveCommand } from './resolve-command';
import { showCommand } from './show-command';

/** `dlq`: lists, replays and discards dead letters. */
export function dlqCommand(terminal: Terminal): Command {
  const command = new Command('dlq')
    .description('Dead letters: jobs whose retries are exhausted, and messages that could not be parsed.')
    .addCommand(listCommand(terminal))
    .addCommand(showCommand(terminal))
    .addCommand(replayCommand(terminal))
    .addCommand(resolveCommand(terminal))
    .addCommand(discardCommand(terminal))
    // The former place of `runs`, for one release.
    .addCommand(runsCommand(terminal), { hidden: true });
  return addExamples(command, 'optout-sync dlq list --since 2h', 'optout-sync dlq replay --all');
}

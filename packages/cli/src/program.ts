import { Command, Help, type Option } from 'commander';
import { assessCommand } from './assess/assess-command';
import { auditCommand } from './audit/audit-command';
import { backfillCommand } from './backfill/backfill-command';
import { completionCommand } from './completion/completion-command';
import { configCommand } from './config-check/config-command';
import { consentCommand } from './consent/consent-command';
import { consoleCommand } from './console/console-command';
import { dlqCommand } from './dlq/dlq-command';
import { doctorCommand } from './doctor/doctor-command';
import { painter } from './frame/colors';
import { addExamples } from './frame/examples';
import type { Terminal } from './frame/terminal';
import { initCommand } from './init/init-command';
import { linkCommand } from './link/link-command';
import { optoutsCommand } from './optouts/optouts-command';
import { proofCommand } from './proof/proof-command';
import { reviewCommand } from './review/review-command';
import { runsCommand } from './runs/runs-command';
import { sentAfterCommand } from './sent-after/sent-after-command';
import { setupCommand } from './setup/setup-command';
import { simulateCommand } from './simulate/simulate-command';
import { statusCommand } from './status/status-command';
import { tokenCommand } from './token/token-command';
import { release } from './version';

/** Help is as wide as the terminal, up to this. */
const MAX_HELP_WIDTH = 100;
const DEFAULT_HELP_WIDTH = 80;

/** The tree of all commands. It is what help, completion and docs/cli.md are made from. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('optout-sync')
    .description(
      'Operates optout-sync. It works on the Redis that REDIS_URL and the other REDIS_ variables name; in a checkout ' +
        'without them, on the system that `npm start` runs.',
    )
    .version(release(), '-V, --version', 'print the release')
    .addCommand(assessCommand(terminal))
    .addCommand(initCommand(terminal))
    .addCommand(doctorCommand(terminal))
    .addCommand(setupCommand(terminal))
    .addCommand(statusCommand(terminal))
    .addCommand(optoutsCommand(terminal))
    .addCommand(proofCommand(terminal))
    .addCommand(linkCommand(terminal))
    .addCommand(consentCommand(terminal))
    .addCommand(reviewCommand(terminal))
    .addCommand(sentAfterCommand(terminal))
    .addCommand(dlqCommand(terminal))
    .addCommand(runsCommand(terminal))
    .addCommand(auditCommand(terminal))
    .addCommand(backfillCommand(terminal))
    .addCommand(tokenCommand(terminal))
    .addCommand(configCommand(terminal))
    .addCommand(consoleCommand(terminal))
    .addCommand(simulateCommand(terminal));
  program.addCommand(completionCommand(terminal, program));
  addExamples(
    program,
    'optout-sync status --watch',
    'optout-sync optouts show +14155550101',
    'optout-sync dlq list --since 2h',
    'optout-sync help dlq replay',
  );
  for (const command of withSubcommands(program)) connect(command, terminal);
  return program;
}

/** A command and all below it. */
export function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** Has a command print to the terminal, and throw where it would end the process. */
function connect(command: Command, terminal: Terminal): void {
  const width = Math.min(terminal.columns ?? DEFAULT_HELP_WIDTH, MAX_HELP_WIDTH);
  const paint = painter(terminal);
  command
    .exitOverride()
    .configureHelp({ styleTitle: (text) => paint('bold', text), optionDescription })
    .configureOutput({
      writeOut: (text) => {
        terminal.out(text.trimEnd());
      },
      writeErr: (text) => {
        terminal.error(text.trimEnd());
      },
      getOutHelpWidth: () => width,
      getErrHelpWidth: () => width,
      getOutHasColors: () => terminal.color ?? false,
      getErrHasColors: () => false,
    });
}

/** A switch is off unless it is given: nobody needs to read that. */
function optionDescription(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: false\)$/, '');
}

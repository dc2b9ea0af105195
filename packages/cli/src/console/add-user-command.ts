import { password as askPassword } from '@inquirer/prompts';
import { Command, Option } from 'commander';
import { OperationError, consoleUserEntry } from '@optout-sync/operations';
import { CONSOLE_ROLES, type ConsoleRole } from '@optout-sync/shared/config';
import { addExamples } from '../frame/examples';
import { printJson } from '../frame/json';
import { jsonOption } from '../frame/options';
import { readInput } from '../frame/read-input';
import type { Terminal } from '../frame/terminal';

interface AddUserOptions {
  readonly role: ConsoleRole;
  readonly passwordFile?: string;
  readonly json: boolean;
}

/** `console add-user`: prints the entry of a user for CONSOLE_USERS. It stores nothing. */
export function addUserCommand(terminal: Terminal): Command {
  const command = new Command('add-user')
    .description('Make the entry of a user for CONSOLE_USERS, with the password as an scrypt hash.')
    .argument('<name>', 'such as ada@example.com')
    .addOption(
      new Option('--role <role>', 'viewer sees masked phones, support one person at a time, operator changes')
        .choices(CONSOLE_ROLES)
        .makeOptionMandatory(),
    )
    .option(
      '--password-file <file>',
      'a file with the password; - reads standard input, without it you are asked',
    )
    .addOption(jsonOption())
    .action(async (name: string, { role, passwordFile, json }: AddUserOptions) => {
      const entry = await consoleUserEntry({
        name,
        role,
        password: await readPassword(terminal, passwordFile),
      });
      if (json) {
        printJson(terminal, { entry });
        return;
      }
      terminal.error('Add this entry to CONSOLE_USERS, after a comma, and start the console anew:');
      terminal.out(entry);
    });
  return addExamples(
    command,
    'optout-sync console add-user ada@example.com --role operator',
    'optout-sync console add-user bob --role support --password-file -',
  );
}

/** @throws {OperationError} `password_missing`, `passwords_differ` */
async function readPassword(terminal: Terminal, file: string | undefined): Promise<string> {
  if (file !== undefined) return (await readInput(file)).replace(/\r?\n$/, '');
  const { prompt } = terminal;
  if (!prompt) {
    throw new OperationError(
      'password_missing',
      'nobody can be asked for the password: give --password-file',
    );
  }
  const ask = (message: string): Promise<string> => askPassword({ message, mask: '*' }, prompt);
  const password = await ask('Password (15 characters at least)');
  if ((await ask('The same again')) === password) return password;
  throw new OperationError('passwords_differ', 'the two passwords differ; nothing was made');
}

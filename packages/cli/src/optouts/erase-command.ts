import { Command } from 'commander';
import {
  erasePhone,
  parsePerson,
  previewErase,
  withStores,
  type ErasedCounts,
} from '@optout-sync/operations';
import { readRoutes } from '@optout-sync/shared/config';
import { maskPhone } from '@optout-sync/shared/domain';
import { addExamples } from '../frame/examples';
import { printJson } from '../frame/json';
import { NOTHING_DONE, addChangeOptions, jsonOption, type ChangeOptions } from '../frame/options';
import { startProgress } from '../frame/progress';
import type { Terminal } from '../frame/terminal';

interface EraseOptions extends ChangeOptions {
  readonly all: boolean;
  readonly json: boolean;
}

/** `optouts erase` */
export function eraseCommand(terminal: Terminal): Command {
  const command = new Command('erase')
    .description(
      'Erase what is stored of a phone, on all channels and in all workspaces: its messages, notes, people, reviews, dead ' +
        'letters, messages sent after the opt-out, audit entries and ended replay runs. Who is opted out stays so: of them the phone remains, with the ' +
        'senders, since when, and the note `erased`.',
    )
    .argument('<phone>', 'such as +14155550123')
    .option(
      '--all',
      'remove the opt-out too: nothing here knows then that the phone may not be texted',
      false,
    );
  addChangeOptions(command)
    .addOption(jsonOption())
    .action(async (text: string, { all, yes, by, why, json }: EraseOptions) => {
      const { phone } = parsePerson(text, undefined);
      const { workspaces } = readRoutes(terminal.env);
      const request = { phone, workspaces: [...new Set(workspaces.values())], all };
      const progress = startProgress(terminal, 'dead letters searched');
      let searched = 0;
      const onSearched = (): void => {
        progress.update((searched += 1));
      };
      const counts = await withStores(terminal, (stores) =>
        yes
          ? erasePhone(stores, request, { by, why }, onSearched)
          : previewErase(stores, request, onSearched),
      ).finally(() => {
        progress.end();
      });
      if (json) printJson(terminal, { done: yes, phone, all, ...counts });
      else terminal.out(eraseText(phone, counts, { all, done: yes }));
    });
  return addExamples(
    command,
    'optout-sync optouts erase +14155550123',
    "optout-sync optouts erase +14155550123 --yes --by Ann --why 'request of 2026-03-01'",
    'optout-sync optouts erase +14155550123 --all',
  );
}

const MEANING_OF_ALL = [
  'With --all, nothing here knows afterwards that the person opted out: whoever is given the number in Customer.io is not opted out',
  "by it, and a new profile can be texted. Customer.io's attribute and Twilio's own list are not changed.",
].join('\n');

function eraseText(
  phone: string,
  { suppressions, removed, reviews, deadLetters, sentAfter, auditEntries, runs, spool }: ErasedCounts,
  { all, done }: { readonly all: boolean; readonly done: boolean },
): string {
  const parts = [
    `${String(removed)} ledger entries`,
    `the messages, notes and people of ${String(suppressions)} more, of which the bare opt-out remains`,
    `${String(reviews)} reviews`,
    `${String(deadLetters)} dead letters`,
    `${String(auditEntries)} audit entries`,
    `${String(runs)} replay runs`,
    `${String(sentAfter)} messages sent after the opt-out`,
  ];
  return [
    `${done ? 'Erased' : 'Would erase'} of ${maskPhone(phone)}: ${parts.join(', ')}.`,
    "Twilio's message log and Customer.io keep what they have: erase it there too, or a backfill brings it back.",
    ...(spool === 'unknown'
      ? ['No ingest reports what its spool holds: repeat this when one runs and its spool is empty.']
      : []),
    ...(all && !done ? [MEANING_OF_ALL] : []),
    ...(done ? [] : [NOTHING_DONE]),
  ].join('\n');
}

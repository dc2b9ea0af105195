import { Command, Option } from 'commander';
import {
  MAX_SENT_AFTER_PAGE,
  listSentAfter,
  workspaceOf,
  withStores,
  type SentAfterList,
} from '@optout-sync/operations';
import { readRoutes } from '@optout-sync/shared/config';
import { SENT_AFTER, type SentAfter } from '@optout-sync/shared/domain';
import { addExamples } from '../frame/examples';
import { printJson } from '../frame/json';
import {
  addSpanOptions,
  cursorOption,
  jsonOption,
  limitOption,
  nextPageText,
  type SpanOptions,
} from '../frame/options';
import { cursorLike } from '../frame/option-values';
import { phoneText, recordReveal, revealOption, type PhoneOptions } from '../frame/phones';
import { tableText } from '../frame/table';
import type { Terminal } from '../frame/terminal';

interface ListOptions extends SpanOptions, PhoneOptions {
  readonly relation: SentAfter;
  readonly workspace?: string;
  readonly sender?: string;
  readonly limit: number;
  readonly cursor?: string;
  readonly json: boolean;
}

/** `sent-after list` */
export function listCommand(terminal: Terminal): Command {
  const command = new Command('list')
    .description('List them, the latest first, with the opt-out that each was sent after.')
    .addOption(
      new Option(
        '--relation <relation>',
        'whether the opt-out was from the sender of the message, or from another one',
      )
        .choices(SENT_AFTER)
        .default('same_sender'),
    )
    .option('--workspace <name>', 'only this workspace')
    .option('--sender <sender>', 'only messages from this sender of yours: MG... or a number');
  addSpanOptions(command, 'sent')
    .addOption(limitOption(50, MAX_SENT_AFTER_PAGE))
    .addOption(cursorOption(cursorLike(/^[A-Z]{2}[0-9a-fA-F]{32}$/)))
    .addOption(revealOption())
    .addOption(jsonOption())
    .action(async ({ json, reveal, workspace: name, ...query }: ListOptions) => {
      const workspace = name === undefined ? undefined : workspaceOf(readRoutes(terminal.env), name);
      const list = await withStores(terminal, async (stores) => {
        await recordReveal(stores, { reveal }, 'sent-after list');
        return listSentAfter(stores, { ...query, workspace });
      });
      if (json) printJson(terminal, jsonOf(list), { reveal });
      else print(terminal, list, { reveal });
    });
  return addExamples(
    command,
    'optout-sync sent-after list',
    'optout-sync sent-after list --since 7d --sender +15005550006 --json',
    'optout-sync sent-after list --relation other_sender',
  );
}

function print(terminal: Terminal, list: SentAfterList, options: PhoneOptions): void {
  const { messages, unreadable, examined, next } = list;
  if (messages.length > 0) terminal.out(table(terminal, list, options));
  terminal.out(
    `${messages.length > 0 ? String(messages.length) : 'None'} listed, ${String(examined)} examined.`,
  );
  for (const line of checkedTexts(list)) terminal.out(line);
  if (unreadable.length > 0) {
    terminal.error(
      `${String(unreadable.length)} messages are left out, which a later release wrote or which are damaged: ${unreadable.join(', ')}`,
    );
  }
  if (next !== undefined) terminal.out(nextPageText(next));
}

function table(terminal: Terminal, { messages }: SentAfterList, options: PhoneOptions): string {
  const shown = phoneText(options);
  return tableText(
    terminal,
    ['message', 'sent', 'status', 'sender', 'channel', 'phone', 'workspace', 'opted out', 'by message'],
    messages.map(({ messageSid, sentAt, status, sender, channel, phone, workspace, optOut }) => [
      messageSid,
      new Date(sentAt).toISOString(),
      status,
      sender,
      channel,
      shown(phone),
      workspace,
      new Date(optOut.occurredAt).toISOString(),
      optOut.messageSid,
    ]),
  );
}

/** What was checked, and that something was not. */
function checkedTexts({ checked }: SentAfterList): string[] {
  if (checked.size === 0) {
    return ["Twilio's message log has not been read: set SENT_CHECK_PERIOD for the worker."];
  }
  return [...checked].map(
    ([account, { since, until }]) =>
      `The message log of ${account} was compared from ${new Date(since).toISOString()} to ${new Date(until).toISOString()}.`,
  );
}

function jsonOf({ messages, unreadable, examined, next, checked }: SentAfterList): object {
  return {
    next: next ?? null,
    examined,
    unreadable,
    checked: [...checked].map(([account, span]) => ({ account, ...span })),
    messages: messages.map(({ from, ...message }) => ({ ...message, ours: from })),
  };
}

import { Option, type Command } from 'commander';
import { SingleBar } from 'cli-progress';
import type { Env } from '@optout-sync/shared/config';
import { Channel } from '@optout-sync/shared/domain';
import { wholeNumber } from './option-values';

/** What a command reads and writes. */
export interface Terminal {
  readonly env: Env;
  out(text: string): void;
  error(text: string): void;
  /** Where to draw a progress bar; absent when standard error is not a terminal. */
  readonly progress?: NodeJS.WriteStream;
}

/** Exit code: Customer.io differs from the ledger. */
export const DIFFERS = 3;

/** Ends a command that has printed its result with an exit code of its own. */
export class ExitStatus extends Error {
  constructor(readonly code: number) {
    super(`exit code ${String(code)}`);
    this.name = 'ExitStatus';
  }
}

export function channelOption(): Option {
  return new Option(
    '--channel <channel>',
    'the channel (default: that of the phone, as in whatsapp:+..., else sms)',
  ).choices(Channel.options);
}

export function printJson(terminal: Terminal, value: unknown): void {
  terminal.out(JSON.stringify(value, null, 2));
}

/** Starts a progress bar; returns `undefined` where there is no terminal to draw it on. */
export function startProgress(
  { progress }: Terminal,
  format: string,
  total: number,
  payload?: Readonly<Record<string, number>>,
): SingleBar | undefined {
  if (!progress) return undefined;
  const bar = new SingleBar({
    stream: progress,
    format,
    hideCursor: true,
    // Without a total there is no bar to leave behind.
    clearOnComplete: total === 0,
  });
  bar.start(total, 0, payload);
  return bar;
}

export function limitOption(pageSize: number, max?: number): Option {
  const upTo = max === undefined ? '' : `, up to ${String(max)}`;
  return new Option('--limit <n>', `how many to list at most${upTo}`)
    .argParser(wholeNumber)
    .default(pageSize);
}

/** @param parse rejects a cursor that is not of the form that pages end with */
export function cursorOption(parse: (text: string) => string = (text) => text): Option {
  return new Option('--cursor <cursor>', 'continue after the previous page').argParser(parse);
}

/** The last line of a page that is not the last one. */
export function nextPageText(cursor: string): string {
  return `There may be more: repeat the command with --cursor ${cursor}`;
}

/** Adds `--by` and `--why`, which the audit trail stores. */
export function requireAuthorOptions(command: Command): Command {
  return command
    .requiredOption('--by <name>', 'who does this')
    .requiredOption('--why <text>', 'why, for the audit trail');
}

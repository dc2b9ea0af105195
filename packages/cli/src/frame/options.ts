import { Option, type Command } from 'commander';
import { Channel } from '@optout-sync/shared/domain';
import { country, pastTime, positiveWholeNumber } from './option-values';

/*
 * The options that all commands share, under one name and with one meaning.
 */

export function channelOption(): Option {
  return new Option(
    '--channel <channel>',
    'the channel (default: that of the phone, as in whatsapp:+..., else sms)',
  ).choices(Channel.options);
}

export function countryOption(): Option {
  return new Option(
    '--country <code>',
    'the country of numbers without a country code, such as US',
  ).argParser(country);
}

export function jsonOption(text = 'print JSON'): Option {
  return new Option('--json', text).default(false);
}

export function limitOption(pageSize: number, max?: number): Option {
  const upTo = max === undefined ? '' : `, up to ${String(max)}`;
  return new Option('--limit <n>', `how many to list at most${upTo}`)
    .argParser(positiveWholeNumber)
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

/** The options of a span of time, inclusive. In ms since 1970. */
export interface SpanOptions {
  readonly since?: number;
  readonly until?: number;
}

/** Adds `--since` and `--until`. @param what what happened in that span, such as `last failed` */
export function addSpanOptions(command: Command, what: string): Command {
  return command
    .addOption(
      new Option(
        '--since <time>',
        `${what} at this time or later: ISO 8601, or an age such as 30m, 2h, 90d`,
      ).argParser(pastTime),
    )
    .addOption(new Option('--until <time>', `${what} at this time or earlier`).argParser(pastTime));
}

/** The options of whatever changes something: previewed without `yes`. */
export interface ChangeOptions {
  readonly yes: boolean;
  readonly by?: string;
  readonly why?: string;
}

/** Adds `--yes`, `--by` and `--why`. The operation itself checks that it knows who and why. */
export function addChangeOptions(command: Command): Command {
  return command
    .option('--yes', 'do it; without it the command only shows what it would do', false)
    .option('--by <name>', 'who does this, for the audit trail (needed with --yes)')
    .option('--why <text>', 'why, for the audit trail (needed with --yes)');
}

/** The last line of a preview. */
export const NOTHING_DONE =
  'Nothing was done. Repeat the command with --yes --by <name> --why <text> to do it.';

/** Another, earlier spelling of an option. It works for one release, and no help shows it. */
class FormerOption extends Option {
  constructor(
    flags: string,
    private readonly present: string,
  ) {
    super(flags);
    this.hideHelp();
  }

  override attributeName(): string {
    return this.present;
  }
}

/**
 * An option's earlier spelling.
 *
 * @param flags such as `--from <time>`
 * @param present the name that the value is stored under, such as `since`
 */
export function formerOption(flags: string, present: string): Option {
  return new FormerOption(flags, present);
}

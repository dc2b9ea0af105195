import { Command, Option } from 'commander';
import { OperationError, createLink } from '@optout-sync/operations';
import { collectErrors, readLinkKeys, readPublicUrl, readRoutes } from '@optout-sync/shared/config';
import type { Channel, Country } from '@optout-sync/shared/domain';
import { addExamples } from '../frame/examples';
import { printJson } from '../frame/json';
import { duration } from '../frame/option-values';
import { channelOption, countryOption, jsonOption } from '../frame/options';
import type { Terminal } from '../frame/terminal';
import { printLinks } from './print-links';

interface LinkOptions {
  readonly csv?: string;
  readonly sender?: string;
  readonly channel?: Channel;
  readonly country?: Country;
  readonly account?: string;
  readonly brand?: string;
  readonly expires?: number;
  readonly json: boolean;
}

/** `link`: the address of the one-click page of a phone, or of each phone in a file. */
export function linkCommand(terminal: Terminal): Command {
  const command = new Command('link')
    .description(
      'The link to a page where a person opts out with one button, for mails and letters. LINK_KEY seals it: the phone cannot be ' +
        'read from it. Nothing is stored or changed. With --csv it prints the file with a column `link`, for a mailing.',
    )
    .argument('[phone]', 'such as +14155550101')
    .option(
      '--csv <file>',
      'CSV with a header and a column phone, and perhaps sender and channel. Rows without a valid phone are named and left out',
    )
    .option(
      '--sender <sender>',
      'the Messaging Service or number that the link opts out of (default: the only service of the account in OPTOUT_CONFIG)',
    )
    .addOption(channelOption())
    .addOption(countryOption())
    .option('--account <sid>', 'the Twilio account, needed when several are configured')
    .option('--brand <name>', 'whose messages they are, for the page')
    .addOption(
      new Option('--expires <duration>', 'how long the link works, such as 90d (default: always)').argParser(
        duration,
      ),
    )
    .addOption(jsonOption())
    .action((phone: string | undefined, options: LinkOptions) => run(terminal, phone, options));
  return addExamples(
    command,
    'optout-sync link +14155550101 --sender MG00000000000000000000000000000001',
    'optout-sync link +14155550101 --sender +15005550006 --brand Acme --expires 90d --json',
    'optout-sync link --csv members.csv --sender MG00000000000000000000000000000001 --brand Acme > with-links.csv',
  );
}

async function run(
  terminal: Terminal,
  phone: string | undefined,
  { csv, json, country, expires, ...options }: LinkOptions,
): Promise<void> {
  const { env } = terminal;
  const settings = collectErrors({
    routes: () => readRoutes(env),
    keys: () => readLinkKeys(env),
    publicUrl: () => readPublicUrl(env),
  });
  const request = { ...options, validMs: expires };
  if (phone !== undefined && csv === undefined && country === undefined) {
    const { url, link, workspace } = createLink(settings, { ...request, phone }, Date.now());
    if (json) printJson(terminal, { url, workspace, ...link });
    else terminal.out(url);
  } else if (csv !== undefined && phone === undefined && !json) {
    await printLinks(terminal, settings, { ...request, path: csv, country });
  } else {
    throw new OperationError(
      'options_conflict',
      'give one phone or --csv; --json is for a phone, and --country for --csv',
    );
  }
}

import { Command, Option } from 'commander';
import { createLink } from '@optout-sync/operations';
import { collectErrors, readLinkKeys, readPublicUrl, readRoutes } from '@optout-sync/shared/config';
import type { Channel } from '@optout-sync/shared/domain';
import { addExamples } from '../frame/examples';
import { printJson } from '../frame/json';
import { duration } from '../frame/option-values';
import { channelOption, jsonOption } from '../frame/options';
import type { Terminal } from '../frame/terminal';

interface LinkOptions {
  readonly sender?: string;
  readonly channel?: Channel;
  readonly account?: string;
  readonly brand?: string;
  readonly expires?: number;
  readonly json: boolean;
}

/** `link`: the address of the one-click page of a phone. */
export function linkCommand(terminal: Terminal): Command {
  const command = new Command('link')
    .description(
      'The link to a page where a person opts out with one button, for mails and letters. LINK_KEY seals it: the phone cannot be ' +
        'read from it. Nothing is stored or changed.',
    )
    .argument('<phone>', 'such as +14155550101')
    .option(
      '--sender <sender>',
      'the Messaging Service or number that the link opts out of (default: the only service of the account in OPTOUT_CONFIG)',
    )
    .addOption(channelOption())
    .option('--account <sid>', 'the Twilio account, needed when several are configured')
    .option('--brand <name>', 'whose messages they are, for the page')
    .addOption(
      new Option('--expires <duration>', 'how long the link works, such as 90d (default: always)').argParser(
        duration,
      ),
    )
    .addOption(jsonOption())
    .action((phone: string, { json, expires, ...options }: LinkOptions) => {
      const { env } = terminal;
      const settings = collectErrors({
        routes: () => readRoutes(env),
        keys: () => readLinkKeys(env),
        publicUrl: () => readPublicUrl(env),
      });
      const request = { phone, ...options, validMs: expires };
      const { url, link, workspace } = createLink(settings, request, Date.now());
      if (json) printJson(terminal, { url, workspace, ...link });
      else terminal.out(url);
    });
  return addExamples(
    command,
    'optout-sync link +14155550101 --sender MG00000000000000000000000000000001',
    'optout-sync link +14155550101 --sender +15005550006 --brand Acme --expires 90d --json',
  );
}

import { Command, Option } from 'commander';
import { TWILIO_MESSAGING_SERVICE_SID, messageSid } from '../webhooks/message';
import {
  DEFAULT_PERSON,
  optOutTypeOption,
  ourAddressFor,
  parseCount,
  unlessNone,
  withCommonOptions,
  type CommonOptions,
} from './common-options';
import { deliver } from './delivery';
import { flow, tokenBearer, type ContentType } from './studio-caller';
import { resolveTarget } from './target';
import type { Terminal } from './terminal';

interface StudioOptions extends CommonOptions {
  readonly from: string;
  readonly to?: string;
  readonly body: string;
  readonly optOutType?: string;
  readonly kind?: string;
  readonly service: string;
  readonly sid?: string;
  readonly id?: string;
  readonly as: ContentType;
  readonly token?: string | true;
  readonly repeat: number;
}

export function studioCommand(terminal: Terminal): Command {
  const kindOption = new Option('--kind <kind>', 'the kind of the request, instead of a body');
  const command = new Command('studio')
    .description('A request of a Studio flow or, with --token, of a Function.')
    .option('--from <address>', 'the person', DEFAULT_PERSON)
    .option('--to <address>', 'your number (one on the same channel)')
    .option('--body <text>', "the text of the person's message", 'STOP')
    .addOption(optOutTypeOption())
    .addOption(kindOption.choices(['stop', 'start', 'help']))
    .option('--service <sid>', 'the Messaging Service, or none', TWILIO_MESSAGING_SERVICE_SID)
    .option('--sid <sid>', 'the messageSid, or none (a new one, unless --id is given)')
    .option('--id <id>', "the flow's own id of this request")
    .addOption(new Option('--as <type>', 'the content type').choices(['form', 'json']).default('form'))
    .option('--token [token]', 'authenticate by a bearer token instead of a signature (STUDIO_TOKEN)')
    .option('--repeat <n>', 'send the same request n times', parseCount, 1);
  return withCommonOptions(command).action(async ({ token, ...options }: StudioOptions) => {
    const { env } = terminal;
    const caller = token === undefined ? flow(options, env) : tokenBearer({ ...options, token }, env);
    const target = await resolveTarget('studio', options, env);
    const params = studioParams(options, caller.account);
    await deliver(
      {
        target,
        method: 'POST',
        proof: caller.proof,
        content: params,
        summary: Object.fromEntries(Object.entries(params).filter(([, value]) => value !== '')),
        person: options.from,
        send: () => caller.send(target, params, options.as),
      },
      { times: options.repeat, json: options.json, terminal },
    );
  });
}

/** The parameters as the widget of docs/studio.md sends them: unknown ones are empty. */
function studioParams(options: StudioOptions, account: string | undefined): Record<string, string> {
  const { from, to = ourAddressFor(from), service, body, optOutType = '', kind, id } = options;
  const sid = options.sid ?? (id === undefined ? messageSid() : undefined);
  return {
    from,
    to,
    messagingServiceSid: unlessNone(service) ?? '',
    ...(kind === undefined ? { body, optOutType } : { kind }),
    messageSid: unlessNone(sid) ?? '',
    ...(id !== undefined && { id }),
    ...(account !== undefined && { accountSid: account }),
  };
}

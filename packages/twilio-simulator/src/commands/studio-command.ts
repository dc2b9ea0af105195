import { Command, Option } from 'commander';
import { TWILIO_MESSAGING_SERVICE_SID, messageSid } from '../message';
import {
  PERSON,
  count,
  optOutTypeOption,
  oursFor,
  unlessNone,
  withCommonOptions,
  type CommonOptions,
} from './common-options';
import { deliver } from './delivery';
import { flow, tokenBearer, type ContentType } from './studio-caller';
import { aimAt } from './target';
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
  const command = new Command('studio')
    .description('A call of a Studio flow, or with --token that of a Function.')
    .option('--from <address>', 'the person', PERSON)
    .option('--to <address>', 'your number (one on the same channel)')
    .option('--body <text>', 'what the person wrote', 'STOP')
    .addOption(optOutTypeOption())
    .addOption(
      new Option('--kind <kind>', 'what the person wants, in place of a body').choices([
        'stop',
        'start',
        'help',
      ]),
    )
    .option('--service <sid>', 'the Messaging Service, or none', TWILIO_MESSAGING_SERVICE_SID)
    .option('--sid <sid>', 'the messageSid, or none (a new one, unless --id is given)')
    .option('--id <id>', "the flow's own name for this one word")
    .addOption(new Option('--as <type>', 'how it is written').choices(['form', 'json']).default('form'))
    .option('--token [token]', 'a bearer token instead of a signature (STUDIO_TOKEN)')
    .option('--repeat <n>', 'make the same call so many times', count, 1);
  return withCommonOptions(command).action(async ({ token, ...options }: StudioOptions) => {
    const { env } = terminal;
    const caller = token === undefined ? flow(options, env) : tokenBearer({ ...options, token }, env);
    const target = await aimAt('studio', options, env);
    const params = paramsOf(options, caller.account);
    await deliver(
      {
        target,
        method: 'POST',
        proof: caller.proof,
        content: params,
        gist: Object.fromEntries(Object.entries(params).filter(([, value]) => value !== '')),
        person: options.from,
        send: () => caller.send(target, params, options.as),
      },
      { times: options.repeat, json: options.json, terminal },
    );
  });
}

/** As the widget of docs/studio.md sends them: what is not known is empty. */
function paramsOf(options: StudioOptions, account: string | undefined): Record<string, string> {
  const { from, to = oursFor(from), service, body, optOutType = '', kind, id } = options;
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

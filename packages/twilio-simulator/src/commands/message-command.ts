import { Command } from 'commander';
import { TWILIO_MESSAGING_SERVICE_SID, messageSid, twilioMessage } from '../webhooks/message';
import { sendTwilioWebhook } from '../webhooks/send-webhook';
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
import { resolveCredentials, resolveTarget } from './target';
import { SimulatorError, type Terminal } from './terminal';
import { logAtTwilio, lostText } from './twilio-log';

interface MessageOptions extends CommonOptions {
  readonly from: string;
  readonly to?: string;
  readonly body: string;
  readonly optOutType?: string;
  readonly buttonPayload?: string;
  readonly toCountry?: string;
  readonly service: string;
  readonly sid?: string;
  readonly get: boolean;
  readonly repeat: number;
  readonly lost: boolean;
}

const NO_LOG = '--lost needs the message log of the demo: start it with `npm start`, and leave out --forge.';

export function messageCommand(terminal: Terminal): Command {
  const command = new Command('message')
    .description('An inbound message, as the webhook of a number or a Messaging Service receives it.')
    .option('--from <address>', 'the sender: +1..., whatsapp:+1...', DEFAULT_PERSON)
    .option('--to <address>', 'your number (one on the same channel)')
    .option('--body <text>', 'the text of the message', 'STOP')
    .addOption(optOutTypeOption())
    .option('--button-payload <text>', 'the ButtonPayload of a WhatsApp button')
    .option('--to-country <code>', 'the ToCountry, which chooses the keywords of a short code (US)')
    .option('--service <sid>', 'the Messaging Service, or none', TWILIO_MESSAGING_SERVICE_SID)
    .option('--sid <sid>', 'the MessageSid; that of an earlier message makes a duplicate (a new one)')
    .option('--get', 'send it by GET', false)
    .option('--repeat <n>', 'deliver the same message n times', parseCount, 1)
    .option(
      '--lost',
      'only log it at Twilio, as when no webhook arrives; in the demo, for `backfill`',
      false,
    );
  return withCommonOptions(command).action(async (options: MessageOptions) => {
    const { account, authToken, proof } = resolveCredentials(options, terminal.env);
    const target = await resolveTarget('messages', options, terminal.env);
    const params = twilioMessage({
      MessageSid: options.sid ?? messageSid(),
      AccountSid: account,
      From: options.from,
      To: options.to ?? ourAddressFor(options.from),
      Body: options.body,
      OptOutType: options.optOutType,
      ButtonPayload: options.buttonPayload,
      ...(options.toCountry !== undefined && { ToCountry: options.toCountry }),
      MessagingServiceSid: unlessNone(options.service),
    });
    const method = options.get ? 'GET' : 'POST';
    const { MessageSid, From, To, MessagingServiceSid, Body, OptOutType, ButtonPayload } = params;
    const summary = { MessageSid, From, To, MessagingServiceSid, Body, OptOutType, ButtonPayload };
    // What somebody else forges is not in Twilio's log.
    const isLogged = !options.forge && (await logAtTwilio(params, { account, authToken }, terminal.env));
    if (options.lost) {
      if (!isLogged) throw new SimulatorError(NO_LOG);
      terminal.out(options.json ? JSON.stringify(params, null, 2) : lostText(summary));
      return;
    }
    await deliver(
      {
        target,
        method,
        proof,
        content: params,
        summary,
        person: options.from,
        send: () => sendTwilioWebhook({ ...target, params, authToken, method }),
      },
      { times: options.repeat, json: options.json, terminal },
    );
  });
}

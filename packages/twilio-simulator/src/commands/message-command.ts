import { Command } from 'commander';
import { TWILIO_MESSAGING_SERVICE_SID, messageSid, twilioMessage } from '../message';
import { sendTwilioWebhook } from '../send-webhook';
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
import { aimAt, credentials } from './target';
import type { Terminal } from './terminal';

interface MessageOptions extends CommonOptions {
  readonly from: string;
  readonly to?: string;
  readonly body: string;
  readonly optOutType?: string;
  readonly service: string;
  readonly sid?: string;
  readonly get: boolean;
  readonly repeat: number;
}

export function messageCommand(terminal: Terminal): Command {
  const command = new Command('message')
    .description('An inbound message, as the webhook of a number or a Messaging Service gets it.')
    .option('--from <address>', 'who texts: +1..., whatsapp:+1...', PERSON)
    .option('--to <address>', 'your number (one on the same channel)')
    .option('--body <text>', 'what was written', 'STOP')
    .addOption(optOutTypeOption())
    .option('--service <sid>', 'the Messaging Service, or none', TWILIO_MESSAGING_SERVICE_SID)
    .option('--sid <sid>', 'the MessageSid: that of an earlier message tells of it again (a new one)')
    .option('--get', 'by GET', false)
    .option('--repeat <n>', 'deliver the same message so many times', count, 1);
  return withCommonOptions(command).action(async (options: MessageOptions) => {
    const { account, authToken, proof } = credentials(options, terminal.env);
    const target = await aimAt('messages', options, terminal.env);
    const params = twilioMessage({
      MessageSid: options.sid ?? messageSid(),
      AccountSid: account,
      From: options.from,
      To: options.to ?? oursFor(options.from),
      Body: options.body,
      OptOutType: options.optOutType,
      MessagingServiceSid: unlessNone(options.service),
    });
    const method = options.get ? 'GET' : 'POST';
    const { MessageSid, From, To, MessagingServiceSid, Body, OptOutType } = params;
    await deliver(
      {
        target,
        method,
        proof,
        content: params,
        gist: { MessageSid, From, To, MessagingServiceSid, Body, OptOutType },
        person: options.from,
        send: () => sendTwilioWebhook({ ...target, params, authToken, method }),
      },
      { times: options.repeat, json: options.json, terminal },
    );
  });
}

import { Command } from 'commander';
import { TWILIO_MESSAGING_SERVICE_SID, messageSid } from '../message';
import { sendTwilioWebhook } from '../send-webhook';
import { blockedCallback } from '../status-callback';
import { PERSON, count, oursFor, unlessNone, withCommonOptions, type CommonOptions } from './common-options';
import { deliver } from './delivery';
import { aimAt, credentials } from './target';
import type { Terminal } from './terminal';

interface StatusOptions extends CommonOptions {
  readonly to: string;
  readonly from?: string;
  readonly errorCode: string;
  readonly status?: string;
  readonly service: string;
  readonly sid?: string;
  readonly repeat: number;
}

export function statusCommand(terminal: Terminal): Command {
  const command = new Command('status')
    .description(
      'A status callback of a message to a person: blocked by Twilio (21610), unless told otherwise.',
    )
    .option('--to <address>', 'whom the message was for', PERSON)
    .option('--from <address>', 'your number (one on the same channel)')
    .option('--error-code <code>', 'or none', '21610')
    .option('--status <status>', 'MessageStatus (failed, without an error delivered)')
    .option('--service <sid>', 'the Messaging Service, or none', TWILIO_MESSAGING_SERVICE_SID)
    .option('--sid <sid>', 'the MessageSid of the message that was sent (a new one)')
    .option('--repeat <n>', 'deliver the same callback so many times', count, 1);
  return withCommonOptions(command).action(async (options: StatusOptions) => {
    const { account, authToken, proof } = credentials(options, terminal.env);
    const target = await aimAt('status', options, terminal.env);
    const errorCode = unlessNone(options.errorCode);
    const status = options.status ?? (errorCode === undefined ? 'delivered' : 'failed');
    const sid = options.sid ?? messageSid();
    const params = blockedCallback({
      SmsSid: sid,
      MessageSid: sid,
      AccountSid: account,
      To: options.to,
      From: options.from ?? oursFor(options.to),
      MessagingServiceSid: unlessNone(options.service),
      SmsStatus: status,
      MessageStatus: status,
      ErrorCode: errorCode,
    });
    const { MessageSid, To, From, MessagingServiceSid, MessageStatus, ErrorCode } = params;
    await deliver(
      {
        target,
        method: 'POST',
        proof,
        content: params,
        gist: { MessageSid, To, From, MessagingServiceSid, MessageStatus, ErrorCode },
        person: options.to,
        send: () => sendTwilioWebhook({ ...target, params, authToken }),
      },
      { times: options.repeat, json: options.json, terminal },
    );
  });
}

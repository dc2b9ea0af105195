import { Command } from 'commander';
import { TWILIO_MESSAGING_SERVICE_SID, messageSid } from '../webhooks/message';
import { sendTwilioWebhook } from '../webhooks/send-webhook';
import { blockedCallback } from '../webhooks/status-callback';
import {
  DEFAULT_PERSON,
  ourAddressFor,
  parseCount,
  unlessNone,
  withCommonOptions,
  type CommonOptions,
} from './common-options';
import { deliver } from './delivery';
import { resolveCredentials, resolveTarget } from './target';
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
    .description('A status callback of an outbound message: by default, one that Twilio blocked (21610).')
    .option('--to <address>', 'the recipient of the message', DEFAULT_PERSON)
    .option('--from <address>', 'your number (one on the same channel)')
    .option('--error-code <code>', 'the ErrorCode, or none', '21610')
    .option('--status <status>', 'the MessageStatus (failed; delivered without an error)')
    .option('--service <sid>', 'the Messaging Service, or none', TWILIO_MESSAGING_SERVICE_SID)
    .option('--sid <sid>', 'the MessageSid of the outbound message (a new one)')
    .option('--repeat <n>', 'deliver the same callback n times', parseCount, 1);
  return withCommonOptions(command).action(async (options: StatusOptions) => {
    const { account, authToken, proof } = resolveCredentials(options, terminal.env);
    const target = await resolveTarget('status', options, terminal.env);
    const errorCode = unlessNone(options.errorCode);
    const status = options.status ?? (errorCode === undefined ? 'delivered' : 'failed');
    const sid = options.sid ?? messageSid();
    const params = blockedCallback({
      SmsSid: sid,
      MessageSid: sid,
      AccountSid: account,
      To: options.to,
      From: options.from ?? ourAddressFor(options.to),
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
        summary: { MessageSid, To, From, MessagingServiceSid, MessageStatus, ErrorCode },
        person: options.to,
        send: () => sendTwilioWebhook({ ...target, params, authToken }),
      },
      { times: options.repeat, json: options.json, terminal },
    );
  });
}

import { Argument, Command, InvalidArgumentError } from 'commander';
import { TWILIO_MESSAGING_SERVICE_SID } from '../webhooks/message';
import { sendTwilioJson } from '../webhooks/send-webhook';
import { optOutTypeOption, parseCount, withCommonOptions, type CommonOptions } from './common-options';
import { deliver } from './delivery';
import {
  STREAM_EVENT_KINDS,
  personOf,
  streamBatch,
  type StreamEventKind,
  type StreamEventOptions,
} from './stream-batch';
import { resolveCredentials, resolveTarget } from './target';
import { SimulatorError, type Terminal } from './terminal';

interface BatchOptions extends CommonOptions, StreamEventOptions {
  readonly single: boolean;
  readonly repeat: number;
}

export function eventCommand(terminal: Terminal): Command {
  const command = new Command('event')
    .description(
      'A batch of Event Streams: inbound messages, messages that failed, reassigned numbers, or the test event of a sink.',
    )
    .addArgument(new Argument('<kind>').choices(STREAM_EVENT_KINDS))
    .option('--from <address>', 'the sender of the message')
    .option('--to <address>', 'the recipient of the message')
    .option('--body <text>', 'the body of an inbound message', 'STOP')
    .addOption(optOutTypeOption())
    .option('--error-code <code>', 'the error of a failed message, or none', '21610')
    .option('--service <sid>', 'the Messaging Service, or none', TWILIO_MESSAGING_SERVICE_SID)
    .option(
      '--sid <sid>',
      'the messageSid, or event_id of a reassigned number; an earlier one makes a duplicate (a new one)',
    )
    .option('--at <time>', 'when it was sent or failed, for example 2026-03-01T10:00:00Z', parseTime)
    .option('--count <n>', 'the number of events in the batch, each of another message', parseCount, 1)
    .option('--single', 'the event without an array, as a sink without batches receives it', false)
    .option('--repeat <n>', 'deliver the same batch n times', parseCount, 1);
  return withCommonOptions(command).action(async (kind: StreamEventKind, given: Partial<BatchOptions>) => {
    const options = { at: new Date(), ...given } as BatchOptions;
    if (options.count > 1 && (options.single || options.sid !== undefined)) {
      throw new SimulatorError(
        '--count creates several events: it cannot be combined with --single or --sid.',
      );
    }
    const { account, authToken, proof } = resolveCredentials(options, terminal.env);
    const target = await resolveTarget('events', options, terminal.env);
    const batch = streamBatch(kind, options, account);
    const content = options.single ? batch[0] : batch;
    await deliver(
      {
        target,
        method: 'POST',
        proof,
        content,
        summary: { events: String(batch.length), type: batch[0]?.type, ...summaryOf(batch.at(-1)?.data) },
        person: kind === 'test' ? undefined : personOf(kind, options),
        send: () => sendTwilioJson({ ...target, body: content, authToken }),
      },
      { times: options.repeat, json: options.json, terminal },
    );
  });
}

/** The fields that are text or numbers. */
function summaryOf(data: object = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
    ),
  );
}

function parseTime(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError('Write it as 2026-03-01T10:00:00Z.');
  return at;
}

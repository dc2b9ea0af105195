import { Argument, Command, InvalidArgumentError } from 'commander';
import { TWILIO_MESSAGING_SERVICE_SID } from '../message';
import { sendTwilioJson } from '../send-webhook';
import { count, optOutTypeOption, withCommonOptions, type CommonOptions } from './common-options';
import { deliver } from './delivery';
import { EVENT_KINDS, personOf, streamBatch, type EventKind, type EventOptions } from './stream-batch';
import { aimAt, credentials } from './target';
import { SimulatorError, type Terminal } from './terminal';

interface BatchOptions extends CommonOptions, EventOptions {
  readonly single: boolean;
  readonly repeat: number;
}

export function eventCommand(terminal: Terminal): Command {
  const command = new Command('event')
    .description('A batch of Event Streams: inbound messages, messages that failed, or the test of a sink.')
    .addArgument(new Argument('<kind>').choices(EVENT_KINDS))
    .option('--from <address>', 'who wrote the message')
    .option('--to <address>', 'whom it was for')
    .option('--body <text>', 'of an inbound message', 'STOP')
    .addOption(optOutTypeOption())
    .option('--error-code <code>', 'of one that failed, or none', '21610')
    .option('--service <sid>', 'the Messaging Service, or none', TWILIO_MESSAGING_SERVICE_SID)
    .option('--sid <sid>', 'the messageSid: that of an earlier message tells of it again (a new one)')
    .option('--at <time>', 'when it was sent or failed, as 2026-03-01T10:00:00Z', time)
    .option('--count <n>', 'so many events in the batch, each of a message of its own', count, 1)
    .option('--single', 'the event alone, as a sink without batches gets it', false)
    .option('--repeat <n>', 'deliver the same batch so many times', count, 1);
  return withCommonOptions(command).action(async (kind: EventKind, given: Partial<BatchOptions>) => {
    const options = { at: new Date(), ...given } as BatchOptions;
    if (options.count > 1 && (options.single || options.sid !== undefined)) {
      throw new SimulatorError('--count makes several events: it goes with neither --single nor --sid.');
    }
    const { account, authToken, proof } = credentials(options, terminal.env);
    const target = await aimAt('events', options, terminal.env);
    const batch = streamBatch(kind, options, account);
    const content = options.single ? batch[0] : batch;
    await deliver(
      {
        target,
        method: 'POST',
        proof,
        content,
        gist: { events: String(batch.length), type: batch[0]?.type, ...gistOf(batch.at(-1)?.data) },
        person: kind === 'test' ? undefined : personOf(kind, options),
        send: () => sendTwilioJson({ ...target, body: content, authToken }),
      },
      { times: options.repeat, json: options.json, terminal },
    );
  });
}

/** The fields of text and numbers. */
function gistOf(data: object = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
    ),
  );
}

function time(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError('Write it like 2026-03-01T10:00:00Z.');
  return at;
}

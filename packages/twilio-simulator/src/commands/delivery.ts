import type { TwilioAnswer } from '../webhooks/http-request';
import type { WebhookTarget } from './target';
import { SimulatorError, type Terminal } from './terminal';

/** A webhook to deliver. */
export interface Delivery {
  readonly target: WebhookTarget;
  readonly method: 'GET' | 'POST';
  /** What authenticates it: a signature or a token. */
  readonly proof: string;
  /** The parameters of a form, or the content that is sent as JSON. */
  readonly content: unknown;
  /** The most important parameters. */
  readonly summary: Readonly<Record<string, string | undefined>>;
  /** Whose consent it may change; undefined when it is about no person. */
  readonly person: string | undefined;
  send(): Promise<TwilioAnswer>;
}

interface DeliveryOptions {
  /** Default 1. */
  readonly times?: number;
  readonly json: boolean;
  readonly terminal: Terminal;
}

/** Delivers a webhook `times` times in sequence and prints the answers. @throws {SimulatorError} when no answer arrives */
export async function deliver(delivery: Delivery, options: DeliveryOptions): Promise<void> {
  const { times = 1, json, terminal } = options;
  const answers: TwilioAnswer[] = [];
  for (let n = 0; n < times; n += 1) answers.push(await delivery.send().catch(noAnswer));
  terminal.out(json ? toJson(delivery, answers) : toText(delivery, answers));
}

/** The message of an error is empty for a host with several addresses. */
function noAnswer({ message, code }: NodeJS.ErrnoException): never {
  const reason = message || String(code);
  throw new SimulatorError(`no answer: ${reason}. Is the system running (npm start)?`, 'no_answer');
}

function toJson({ target, method, proof, content }: Delivery, answers: readonly TwilioAnswer[]): string {
  const { url, connectUrl } = target;
  return JSON.stringify(
    {
      method,
      url,
      sentTo: connectUrl,
      proof,
      content,
      answers: answers.map(({ status, headers, body }) => ({ status, type: headers['content-type'], body })),
    },
    null,
    2,
  );
}

function toText(delivery: Delivery, answers: readonly TwilioAnswer[]): string {
  const { target, method, proof, summary, person } = delivery;
  const lines = Object.entries<string | undefined>({
    ...(target.url !== target.connectUrl && { 'URL at Twilio': target.url }),
    proof,
    ...summary,
  });
  return [
    `${method} ${target.connectUrl}`,
    ...lines.flatMap(([name, value]) => (value === undefined ? [] : `  ${name.padEnd(21)} ${value}`)),
    ...answers.map(answerText),
    ...(person !== undefined && answers.some(isAccepted)
      ? ['', `To see the result: ${resultCommand(person)}`]
      : []),
  ].join('\n');
}

/** A keyword from an address without a phone number becomes a dead letter. */
const resultCommand = (person: string): string =>
  /\+\d/.test(person) ? `optout-sync optouts show ${person}` : 'optout-sync dlq list';

const isAccepted = ({ status }: TwilioAnswer) => status >= 200 && status < 300;

function answerText({ status, headers, body }: TwilioAnswer): string {
  return ['answer', String(status), headers['content-type'], body.trim()].filter(Boolean).join(' ');
}

import { type Command, InvalidArgumentError, Option } from 'commander';

/** The options of every command: where to send, and whose account. */
export interface CommonOptions {
  readonly url?: string;
  readonly connect?: string;
  readonly account?: string;
  readonly authToken?: string;
  readonly header?: Readonly<Record<string, string>>;
  readonly forge: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

export function withCommonOptions(command: Command): Command {
  return command
    .option('--url <url>', 'the URL configured at Twilio, which is signed; a base URL is enough (PUBLIC_URL)')
    .option('--connect <url>', 'where to send it (the system that npm start runs)')
    .option('--yes', 'send it to another machine too: the opt-out is a real one there', false)
    .option('--account <sid>', 'the AccountSid (TWILIO_ACCOUNT_SID)')
    .option('--auth-token <token>', 'the auth token to sign with (TWILIO_AUTH_TOKEN)')
    .option('--header <name:value>', 'an additional header, as a proxy adds one; repeatable', parseHeader)
    .option('--forge', 'send an invalid signature', false)
    .option('--json', 'print the request and all answers as JSON', false);
}

export const optOutTypeOption = (): Option =>
  new Option('--opt-out-type <type>', 'the OptOutType that Advanced Opt-Out adds').choices([
    'STOP',
    'START',
    'HELP',
  ]);

/** Parses the value of `--count` or `--repeat`. @throws {InvalidArgumentError} */
export function parseCount(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 9999.');
}

/** The value of an option with a default, where `none` omits the parameter. */
export const unlessNone = (value: string | undefined): string | undefined =>
  value === 'none' ? undefined : value;

function parseHeader(text: string, others: Record<string, string> = {}): Record<string, string> {
  const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError("Write it as 'Name: value'.");
  return { ...others, [name.toLowerCase()]: value };
}

/** The default person: in the demo, one whom Customer.io knows. */
export const DEFAULT_PERSON = '+14155550101';

const OUR_NUMBER = '+15005550006';

/** Our number on the channel of `person`, for example `whatsapp:+...`. */
export const ourAddressFor = (person: string): string => `${/^[a-z]+:/.exec(person)?.[0] ?? ''}${OUR_NUMBER}`;

import { type Command, InvalidArgumentError, Option } from 'commander';

/** What all kinds of messages have in common: where to, and whose. */
export interface CommonOptions {
  readonly url?: string;
  readonly connect?: string;
  readonly account?: string;
  readonly authToken?: string;
  readonly header?: Readonly<Record<string, string>>;
  readonly forge: boolean;
  readonly json: boolean;
}

export function withCommonOptions(command: Command): Command {
  return command
    .option('--url <url>', 'the URL set at Twilio, which is signed; a base URL is enough (PUBLIC_URL)')
    .option('--connect <url>', 'where it is really sent, on this machine (the running npm start)')
    .option('--account <sid>', 'whose message it is (TWILIO_ACCOUNT_SID)')
    .option('--auth-token <token>', 'what to sign with (TWILIO_AUTH_TOKEN)')
    .option('--header <name:value>', 'one more header, as a proxy adds; repeatable', header)
    .option('--forge', 'with a wrong signature', false)
    .option('--json', 'print all of it as JSON', false);
}

/** An option of messages. */
export const optOutTypeOption = (): Option =>
  new Option('--opt-out-type <type>', "Twilio's verdict, as with Advanced Opt-Out").choices([
    'STOP',
    'START',
    'HELP',
  ]);

/** A number of things to send. */
export function count(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 9999.');
}

/** Of an option that has a default: `none` stands for not sending it. */
export const unlessNone = (value: string | undefined): string | undefined =>
  value === 'none' ? undefined : value;

function header(text: string, others: Record<string, string> = {}): Record<string, string> {
  const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError("Write it as 'Name: value'.");
  return { ...others, [name.toLowerCase()]: value };
}

/** Who texts, unless the user says otherwise: in the demo, somebody whom Customer.io knows. */
export const PERSON = '+14155550101';

const OURS = '+15005550006';

/** A number of ours on the person's channel, `whatsapp:+...` for one. */
export const oursFor = (person: string): string => `${/^[a-z]+:/.exec(person)?.[0] ?? ''}${OURS}`;

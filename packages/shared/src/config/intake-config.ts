import { z } from 'zod';
import type { WorkspaceOf } from '../domain/subject';
import { parseSender } from '../domain/sender';
import { AccountSid } from '../domain/twilio-ids';
import { readSection } from './config-file';
import { ConfigError, type Env } from './parse-env';
import { tokensOf, webhookTokens } from './webhook-tokens';
import { alwaysRun, uniqueBy } from './zod';

/** What another system may report. */
export const INTAKE_KINDS = ['stop', 'start'] as const;
export type IntakeKind = (typeof INTAKE_KINDS)[number];

/** Another system that reports opt-outs, such as a help desk. */
export interface IntakeClient {
  readonly name: string;
  /** Its bearer tokens: the present one and, during a rotation, the next one. */
  readonly tokens: readonly string[];
  readonly kinds: readonly IntakeKind[];
  /** The Twilio account that its opt-outs count for, which names the workspace. */
  readonly accountSid: string;
  /** What an opt-out that names no sender is from; none where each has to name its own. */
  readonly senders: readonly string[];
}

/** Each opt-out without a sender makes one event for each of these. */
const MOST_SENDERS = 10;

const sender = z.string({ error: 'must be text' }).superRefine((text, context) => {
  const [sms, whatsapp] = [parseSender(text, 'sms'), parseSender(text, 'whatsapp')];
  if (sms.kind === 'invalid' && whatsapp.kind === 'invalid') context.addIssue(sms.problem);
});

const Section = z
  .array(
    z.strictObject({
      // It is stored as the author of each opt-out.
      name: z
        .string({ error: 'must be text' })
        .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'must have 1 to 40 lower-case letters, digits, _ and -'),
      token: webhookTokens,
      kinds: z
        .array(z.enum(INTAKE_KINDS, 'must be stop or start'))
        .min(1, 'needs at least one kind')
        .default(['stop']),
      account: AccountSid.optional(),
      senders: z
        .array(sender)
        .min(1, 'needs at least one sender')
        .max(MOST_SENDERS, `may have at most ${String(MOST_SENDERS)} senders`)
        .optional(),
    }),
  )
  .superRefine(uniqueBy('name', 'is the name of another system already'), alwaysRun)
  .superRefine(tokensOf('token', 'is the token of another system already'), alwaysRun);

/** The accounts that events may be of, as `readRoutes` reads them. */
interface Accounts {
  readonly accounts: readonly { readonly sid: string }[];
  readonly presentAccount: string | undefined;
  readonly workspaceOf: WorkspaceOf;
}

/**
 * The systems of the file's `intake` section. One that names no account reports to that of TWILIO_ACCOUNT_SID, else to the only
 * one, as an override does.
 *
 * @throws {ConfigError}
 */
export function intakeOfFile(section: unknown, env: Env, accounts: Accounts): IntakeClient[] {
  const clients = readSection('intake', Section, section, env);
  const errors: string[] = [];
  const read = clients.map(({ name, token: tokens, kinds, account, senders = [] }, index) => {
    const accountSid = account ?? defaultAccount(accounts);
    if (accountSid === undefined) {
      errors.push(`intake[${String(index)}].account is required: several accounts are configured`);
    } else if (accounts.workspaceOf(accountSid, undefined) === undefined) {
      errors.push(`intake[${String(index)}].account: there is no such account under twilio.accounts`);
    }
    return { name, tokens, kinds, accountSid: accountSid ?? '', senders };
  });
  if (errors.length > 0) throw new ConfigError(errors);
  return read;
}

function defaultAccount({ accounts, presentAccount, workspaceOf }: Accounts): string | undefined {
  if (presentAccount !== undefined && workspaceOf(presentAccount, undefined) !== undefined)
    return presentAccount;
  const [only, ...others] = accounts;
  return others.length === 0 ? only?.sid : undefined;
}

import { z } from 'zod';
import { DEFAULT_WORKSPACE } from '../domain/subject';
import { AccountSid, isMessagingServiceSid } from '../domain/twilio-ids';
import { readSection } from './config-file';
import { listOf } from './fields';
import { parseEnv, type Env } from './parse-env';
import { alwaysRun, uniqueBy } from './zod';

/** An account and the workspace that its people are in. */
export interface AccountRoute {
  readonly sid: string;
  readonly workspace: string;
  /** Its Messaging Services with their numbers, as far as they are configured. */
  readonly services?: ServiceNumbers;
}

/** The numbers of Messaging Services, by the SID of the service. */
type ServiceNumbers = Readonly<Record<string, readonly string[]>>;

/** One Twilio account or subaccount, with the tokens that sign its requests. */
export interface TwilioAccount extends AccountRoute {
  /** The present token and, during a rotation, the next one. */
  readonly authTokens: readonly string[];
}

/**
 * Any other text signs nothing: it may be an API key, a placeholder or the token of another service. A comma means that a
 * variable with several tokens is used as one item.
 */
const authToken = z.string({ error: 'must be text' }).superRefine((token, context) => {
  if (/^[0-9a-fA-F]{32}$/.test(token)) return;
  const isList = token.includes(',');
  context.addIssue(isList ? 'may hold no comma: it is one token of a list' : 'must be 32 hexadecimal digits');
});
const services = z.record(
  z.string().refine(isMessagingServiceSid, 'is not the SID of a Messaging Service'),
  z.array(z.string().min(1)).min(1, 'needs at least one number'),
);
const route = {
  sid: AccountSid,
  workspace: z.string().default(DEFAULT_WORKSPACE),
  services: services.optional(),
};
/** A refinement of a list of accounts. */
const sidsDiffer = uniqueBy('sid', 'is the sid of another account already');

const Section = z.strictObject({
  accounts: z
    .array(z.strictObject({ ...route, auth_tokens: listOf(authToken) }))
    .min(1, 'needs at least one account')
    .superRefine(sidsDiffer, alwaysRun),
});

/** The section without the tokens, for processes that have none. */
const routesTo = (workspaces: readonly string[]) =>
  z.object({
    accounts: z
      .array(
        z.object({
          ...route,
          workspace: route.workspace.refine(
            (name) => workspaces.includes(name),
            `there is no such workspace under customerio.workspaces (left out, it is ${DEFAULT_WORKSPACE})`,
          ),
        }),
      )
      .min(1, 'needs at least one account')
      .superRefine(sidsDiffer, alwaysRun),
  });

/** The accounts of the file's `twilio` section. @throws {ConfigError} */
export function accountsOfFile(section: unknown, env: Env): TwilioAccount[] {
  return readSection('twilio', Section, section, env).accounts.map(({ sid, auth_tokens, workspace }) => ({
    sid,
    authTokens: auth_tokens,
    workspace,
  }));
}

/** The one account that the environment describes. @throws {ConfigError} */
export function accountOfEnv(env: Env): TwilioAccount {
  const read = parseEnv({ TWILIO_ACCOUNT_SID: AccountSid, TWILIO_AUTH_TOKEN: listOf(authToken) }, env);
  return { sid: read.TWILIO_ACCOUNT_SID, authTokens: read.TWILIO_AUTH_TOKEN, workspace: DEFAULT_WORKSPACE };
}

/** The account that TWILIO_ACCOUNT_SID names, if any. @throws {ConfigError} */
export function accountSidOfEnv(env: Env): string | undefined {
  return parseEnv({ TWILIO_ACCOUNT_SID: AccountSid.optional() }, env).TWILIO_ACCOUNT_SID;
}

/**
 * The accounts of the file's `twilio` section with their workspaces.
 *
 * @param workspaces the names of the configured workspaces
 * @throws {ConfigError} also for an account of any other workspace
 */
export function routesOfFile(section: unknown, env: Env, workspaces: readonly string[]): AccountRoute[] {
  return readSection('twilio', routesTo(workspaces), withoutTokens(section), env).accounts;
}

/** Drops the tokens, so that no variable with a token is read. */
function withoutTokens(section: unknown): unknown {
  const accounts = (section as { accounts?: unknown } | null | undefined)?.accounts;
  if (!Array.isArray(accounts)) return section;
  return {
    accounts: accounts.map((account: unknown) => {
      if (typeof account !== 'object' || account === null) return account;
      const { sid, workspace, services: numbers } = account as Record<string, unknown>;
      return { sid, workspace, services: numbers };
    }),
  };
}

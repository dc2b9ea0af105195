import { z } from 'zod';
import { DEFAULT_WORKSPACE } from '../domain/subject';
import { alwaysRun } from '../domain/whatever-else';
import { readSection } from './config-file';
import { listOf, secret } from './fields';
import { parseEnv, type Env } from './parse-env';
import { uniqueBy } from './unique-by';

/** Which workspace an account's people are in. */
export interface AccountRoute {
  readonly sid: string;
  readonly workspace: string;
}

/** One Twilio account or subaccount: what signs its requests, and whose Customer.io it reports to. */
export interface TwilioAccount extends AccountRoute {
  /** The present token, and the next one while it is being rotated. */
  readonly authTokens: readonly string[];
}

const accountSid = z.string().regex(/^AC[0-9a-f]{32}$/, 'must be AC and 32 hexadecimal digits');
/** With a comma it is a variable of several tokens that stands where one is meant: no signature would ever match. */
const authToken = secret.refine(
  (token) => !token.includes(','),
  'may hold no comma: it is one token of a list',
);
const route = { sid: accountSid, workspace: z.string().default(DEFAULT_WORKSPACE) };
const sidsDiffer = uniqueBy('sid', 'is the sid of another account already');

const Section = z.strictObject({
  accounts: z
    .array(z.strictObject({ ...route, auth_tokens: listOf(authToken) }))
    .min(1, 'needs at least one account')
    .superRefine(sidsDiffer, alwaysRun),
});

/** The same without the tokens, for who needs no secrets of Twilio's. */
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

/** The accounts of the file's `twilio` section. Throws a ConfigError. */
export function accountsOfFile(section: unknown, env: Env): TwilioAccount[] {
  return readSection('twilio', Section, section, env).accounts.map(({ sid, auth_tokens, workspace }) => ({
    sid,
    authTokens: auth_tokens,
    workspace,
  }));
}

/** The one account that the environment describes. Throws a ConfigError. */
export function accountOfEnv(env: Env): TwilioAccount {
  const read = parseEnv({ TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: listOf(secret) }, env);
  return { sid: read.TWILIO_ACCOUNT_SID, authTokens: read.TWILIO_AUTH_TOKEN, workspace: DEFAULT_WORKSPACE };
}

/** The account that TWILIO_ACCOUNT_SID names, if any. Throws a ConfigError. */
export function accountSidOfEnv(env: Env): string | undefined {
  return parseEnv({ TWILIO_ACCOUNT_SID: accountSid.optional() }, env).TWILIO_ACCOUNT_SID;
}

/** Which workspace each account of the section reports to. Throws a ConfigError, also for a workspace there is not. */
export function routesOfFile(section: unknown, env: Env, workspaces: readonly string[]): AccountRoute[] {
  return readSection('twilio', routesTo(workspaces), withoutTokens(section), env).accounts;
}

/** Nothing but the routes, so that no variable is read that holds a token. */
function withoutTokens(section: unknown): unknown {
  const accounts = (section as { accounts?: unknown } | null | undefined)?.accounts;
  if (!Array.isArray(accounts)) return section;
  return {
    accounts: accounts.map((account: unknown) => {
      if (typeof account !== 'object' || account === null) return account;
      const { sid, workspace } = account as Record<string, unknown>;
      return { sid, workspace };
    }),
  };
}

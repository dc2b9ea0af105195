import { z } from 'zod';
import { DEFAULT_WORKSPACE } from '../domain/subject';
import { AccountSid, isMessagingServiceSid } from '../domain/twilio-ids';
import type { AccountRoute } from './account-route';
import { readSection } from './config-file';
import { flag, listOf, secret, sender, senderNumber } from './fields';
import { ConfigError, parseEnv, type Env } from './parse-env';
import { checkSenderRoutes, senderRoutes } from './sender-routes';
import { alwaysRun, uniqueBy } from './zod';

/** One Twilio account or subaccount, with the tokens that sign its requests. */
export interface TwilioAccount extends AccountRoute {
  /** The present token and, during a rotation, the next one. */
  readonly authTokens: readonly string[];
}

/** What authenticates requests to Twilio's REST API in place of the auth token. */
export interface TwilioApiKey {
  readonly sid: string;
  readonly secret: string;
}

/** An account as commands use Twilio's REST API for it. One with an API key may have no token here. */
export interface TwilioApiAccount extends TwilioAccount {
  readonly apiKey?: TwilioApiKey;
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
export const apiKey = z
  .string({ error: 'must be text' })
  .regex(/^SK[0-9a-fA-F]{32}$/, 'must be SK and 32 hexadecimal digits');
const services = z.record(
  z.string().refine(isMessagingServiceSid, 'is not the SID of a Messaging Service'),
  z.array(senderNumber).min(1, 'needs at least one number'),
);
const numbers = listOf(sender);
/** A label of metrics, so never a phone number. */
const senderNames = z.record(
  sender,
  z
    .string({ error: 'must be text' })
    .regex(/^[A-Za-z][\w-]{0,39}$/, 'must be a letter, then up to 39 letters, digits, - and _'),
);
const route = {
  sid: AccountSid,
  workspace: z.string().default(DEFAULT_WORKSPACE),
  services: services.optional(),
  routes: senderRoutes(z.string()).optional(),
  numbers: numbers.optional(),
  sender_names: senderNames.optional(),
};
/** A refinement of a list of accounts. */
const sidsDiffer = uniqueBy('sid', 'is the sid of another account already');

const withTokens = { ...route, auth_tokens: listOf(authToken), consents: flag.optional() };
const ofApiKey = { api_key: apiKey.optional(), api_secret: secret.optional() };
const accounts = <Account extends z.ZodType<{ readonly sid: string }>>(account: Account) =>
  z.strictObject({
    accounts: z.array(account).min(1, 'needs at least one account').superRefine(sidsDiffer, alwaysRun),
  });

const Section = accounts(z.strictObject(withTokens));

/** The section as commands read it, with the API keys. */
const SectionWithKeys = accounts(
  z.strictObject({ ...withTokens, ...ofApiKey }).superRefine(({ api_key, api_secret }, context) => {
    if ((api_key === undefined) === (api_secret === undefined)) return;
    const [missing, given] = api_key === undefined ? ['api_key', 'api_secret'] : ['api_secret', 'api_key'];
    context.addIssue({ code: 'custom', path: [missing], message: `is required with ${given}` });
  }),
);

/** The section as the writer of consents reads it: without the tokens, and with the API keys of its accounts alone. */
const SectionOfConsents = accounts(
  z
    .object({ sid: AccountSid, consents: flag.default(false), ...ofApiKey })
    .superRefine((account, context) => {
      if (!account.consents) return;
      for (const name of ['api_key', 'api_secret'] as const) {
        if (account[name] === undefined)
          context.addIssue({ code: 'custom', path: [name], message: 'is required with consents: true' });
      }
    }),
);

/** The section without the tokens, for processes that have none. */
const routesTo = (workspaces: readonly string[]) => {
  const isConfigured = (name: string): boolean => workspaces.includes(name);
  const unknown = 'there is no such workspace under customerio.workspaces';
  return z.object({
    accounts: z
      .array(
        z
          .object({
            ...route,
            workspace: route.workspace.refine(
              isConfigured,
              `${unknown} (left out, it is ${DEFAULT_WORKSPACE})`,
            ),
            routes: senderRoutes(z.string().refine(isConfigured, unknown)).optional(),
          })
          .superRefine(checkSenderRoutes, alwaysRun),
      )
      .min(1, 'needs at least one account')
      .superRefine(sidsDiffer, alwaysRun),
  });
};

/** The accounts of the file's `twilio` section. @throws {ConfigError} */
export function accountsOfFile(section: unknown, env: Env): TwilioAccount[] {
  return readSection('twilio', Section, withoutApiKeys(section), env).accounts.map(
    ({ sid, auth_tokens, workspace }) => ({
      sid,
      authTokens: auth_tokens,
      workspace,
    }),
  );
}

/** The accounts of the file's `twilio` section with their API keys. @throws {ConfigError} */
export function apiAccountsOfFile(section: unknown, env: Env): TwilioApiAccount[] {
  return readSection('twilio', SectionWithKeys, section, env).accounts.map(
    ({ sid, auth_tokens, workspace, services: ofServices, numbers: own, routes, api_key, api_secret }) => ({
      sid,
      authTokens: auth_tokens,
      workspace,
      ...(ofServices && { services: ofServices }),
      ...(own && { numbers: own }),
      ...(routes && { routes }),
      ...(api_key !== undefined &&
        api_secret !== undefined && { apiKey: { sid: api_key, secret: api_secret } }),
    }),
  );
}

/** The one account that the environment describes. @throws {ConfigError} */
export function accountOfEnv(env: Env): TwilioAccount {
  const read = parseEnv({ TWILIO_ACCOUNT_SID: AccountSid, TWILIO_AUTH_TOKEN: listOf(authToken) }, env);
  return { sid: read.TWILIO_ACCOUNT_SID, authTokens: read.TWILIO_AUTH_TOKEN, workspace: DEFAULT_WORKSPACE };
}

/** The same with its API key, which makes the token dispensable. @throws {ConfigError} */
export function apiAccountOfEnv(env: Env): TwilioApiAccount {
  const { TWILIO_API_KEY: key, TWILIO_API_SECRET: keySecret } = parseEnv(
    { TWILIO_API_KEY: apiKey.optional(), TWILIO_API_SECRET: secret.optional() },
    env,
  );
  if (key === undefined && keySecret === undefined) return accountOfEnv(env);
  if (key === undefined) throw new ConfigError(['TWILIO_API_KEY is required with TWILIO_API_SECRET']);
  if (keySecret === undefined) throw new ConfigError(['TWILIO_API_SECRET is required with TWILIO_API_KEY']);
  const read = parseEnv(
    { TWILIO_ACCOUNT_SID: AccountSid, TWILIO_AUTH_TOKEN: listOf(authToken).optional() },
    env,
  );
  return {
    sid: read.TWILIO_ACCOUNT_SID,
    authTokens: read.TWILIO_AUTH_TOKEN ?? [],
    workspace: DEFAULT_WORKSPACE,
    apiKey: { sid: key, secret: keySecret },
  };
}

/** The API keys of the accounts of the file's `twilio` section that consents are written to, by SID. @throws {ConfigError} */
export function consentKeysOfFile(section: unknown, env: Env): Map<string, TwilioApiKey> {
  const { accounts: read } = readSection('twilio', SectionOfConsents, onlyConsentKeys(section), env);
  return new Map(
    read.flatMap(({ sid, consents, api_key, api_secret }): [string, TwilioApiKey][] =>
      consents && api_key !== undefined && api_secret !== undefined
        ? [[sid, { sid: api_key, secret: api_secret }]]
        : [],
    ),
  );
}

/** The API key of the one account that the environment describes. @throws {ConfigError} */
export function consentKeysOfEnv(env: Env): Map<string, TwilioApiKey> {
  const read = parseEnv(
    { TWILIO_ACCOUNT_SID: AccountSid, TWILIO_API_KEY: apiKey, TWILIO_API_SECRET: secret },
    env,
  );
  return new Map([[read.TWILIO_ACCOUNT_SID, { sid: read.TWILIO_API_KEY, secret: read.TWILIO_API_SECRET }]]);
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

const API_KEY_SETTINGS: readonly string[] = ['api_key', 'api_secret'];

/** Drops the API keys, so that no variable with one is read: webhooks need none. */
function withoutApiKeys(section: unknown): unknown {
  return mapAccounts(section, (account) =>
    Object.fromEntries(Object.entries(account).filter(([name]) => !API_KEY_SETTINGS.includes(name))),
  );
}

/** Drops the tokens and keys, so that no variable with one is read. */
function withoutTokens(section: unknown): unknown {
  return mapAccounts(
    section,
    ({ sid, workspace, services: ofServices, routes, numbers: ofAccount, sender_names }) => ({
      sid,
      workspace,
      services: ofServices,
      routes,
      numbers: ofAccount,
      sender_names,
    }),
  );
}

/** Drops the tokens, and the API keys of accounts that no consents are written to. */
function onlyConsentKeys(section: unknown): unknown {
  return mapAccounts(section, ({ sid, consents, api_key, api_secret }) =>
    consents === undefined || consents === false ? { sid } : { sid, consents, api_key, api_secret },
  );
}

export type Item = Readonly<Record<string, unknown>>;

/** Changes each account of a section. What is no list of objects stays as it is, for the schema to reject. */
export function mapAccounts(section: unknown, change: (account: Item) => Item): unknown {
  const listed = (section as { accounts?: unknown } | null | undefined)?.accounts;
  if (!Array.isArray(listed)) return section;
  return {
    ...(section as Item),
    accounts: listed.map((account: unknown) =>
      typeof account === 'object' && account !== null ? change(account as Item) : account,
    ),
  };
}

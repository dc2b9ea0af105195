import { DEFAULT_WORKSPACE, type WorkspaceOf } from '../domain/subject';
import { readFileWith, readSection } from './config-file';
import { forwardUrlsOfEnv, forwardUrlsOfFile } from './forward-urls';
import { KeywordConfig } from './keyword-config';
import { ConfigError, parseEnv, type Env } from './parse-env';
import {
  accountOfEnv,
  accountSidOfEnv,
  accountsOfFile,
  routesOfFile,
  type AccountRoute,
  type TwilioAccount,
} from './twilio-config';
import type { WorkspaceConfig } from './workspace-config';
import { workspaceOfEnv } from './workspace-env';
import { webhookTokensOfEnv, type WorkspaceTokens } from './webhook-tokens';
import {
  webhookTokensOfFile,
  workspaceNamesOfFile,
  workspacesOfFile,
  type NamedWorkspace,
} from './workspace-file';
import { consentPolicy } from './workspace-schema';

/*
 * The parts of the configuration that several processes read. Each part comes from its section of the file that
 * OPTOUT_CONFIG names or, where the file has no such section, from the environment (one account, one workspace). A process
 * reads only the parts it needs, and so needs only their secrets. Every function throws a ConfigError with all errors of
 * its part.
 */

/** The Twilio accounts whose webhooks are accepted. */
export function readTwilioAccounts(env: Env): TwilioAccount[] {
  return readFileWith(env, ({ twilio }) =>
    twilio === undefined ? [accountOfEnv(env)] : accountsOfFile(twilio, env),
  );
}

/** The Customer.io workspaces that opt-outs are written to. */
export function readWorkspaces(env: Env): WorkspaceConfig[] {
  return readFileWith(env, ({ customerio }) =>
    customerio === undefined ? [workspaceOfEnv(env)] : workspacesOfFile(customerio, env),
  );
}

/** The keyword settings; Twilio's defaults where there are none. */
export function readKeywords(env: Env): KeywordConfig {
  return readFileWith(env, ({ keywords }) => readSection('keywords', KeywordConfig, keywords ?? {}, env));
}

/** The URLs that inbound messages are forwarded to. */
export function readForwardUrls(env: Env): readonly string[] {
  return readFileWith(env, ({ forward_urls: section }) =>
    section === undefined ? forwardUrlsOfEnv(env) : forwardUrlsOfFile(section, env),
  );
}

/** The tokens of the people webhook, by workspace; a workspace without any is missing. */
export function readWebhookTokens(env: Env): WorkspaceTokens[] {
  return readFileWith(env, ({ customerio }) =>
    customerio === undefined ? webhookTokensOfEnv(env) : webhookTokensOfFile(customerio, env),
  );
}

/** @param workspaces the configured workspaces, which the accounts must belong to */
export function readWorkspaceOf(env: Env, workspaces: readonly Pick<WorkspaceConfig, 'name'>[]): WorkspaceOf {
  const names = workspaces.map(({ name }) => name);
  return readFileWith(env, ({ twilio }) => {
    if (twilio === undefined) {
      const only = onlyWorkspace(names);
      return () => only;
    }
    const routes = new Map(routesOfFile(twilio, env, names).map(({ sid, workspace }) => [sid, workspace]));
    return (accountSid) => routes.get(accountSid);
  });
}

/** Returns the configured numbers of a Messaging Service; none where it is not configured. */
export function serviceNumbersOf({
  accounts,
}: Pick<Routes, 'accounts'>): (service: string) => readonly string[] {
  const all = new Map(accounts.flatMap(({ services }) => Object.entries(services ?? {})));
  return (service) => all.get(service) ?? [];
}

/** Which account belongs to which workspace: the part of the configuration that needs no secret. */
export interface Routes {
  /** The configured accounts; empty where the environment names none. */
  readonly accounts: readonly AccountRoute[];
  /** The account that TWILIO_ACCOUNT_SID names, whether or not it is in `accounts`. */
  readonly presentAccount: string | undefined;
  readonly workspaces: readonly string[];
  readonly workspaceOf: WorkspaceOf;
}

export function readRoutes(env: Env): Routes {
  return readFileWith(env, ({ twilio, customerio }) => routesOf(twilio, customerio, env));
}

/** The name and consent policy of each workspace, without its secrets. */
export function readConsentPolicies(env: Env): NamedWorkspace[] {
  return readFileWith(env, ({ customerio }) =>
    customerio === undefined
      ? [{ name: DEFAULT_WORKSPACE, policy: parseEnv({ CONSENT_POLICY: consentPolicy }, env).CONSENT_POLICY }]
      : workspaceNamesOfFile(customerio, env),
  );
}

function routesOf(twilio: unknown, customerio: unknown, env: Env): Routes {
  const workspaces =
    customerio === undefined
      ? [DEFAULT_WORKSPACE]
      : workspaceNamesOfFile(customerio, env).map(({ name }) => name);
  const workspaceOf = readWorkspaceOf(
    env,
    workspaces.map((name) => ({ name })),
  );
  const presentAccount = accountSidOfEnv(env);
  if (twilio !== undefined) {
    return { accounts: routesOfFile(twilio, env, workspaces), presentAccount, workspaces, workspaceOf };
  }
  const accounts =
    presentAccount === undefined ? [] : [{ sid: presentAccount, workspace: onlyWorkspace(workspaces) }];
  return { accounts, presentAccount, workspaces, workspaceOf };
}

/** The workspace of every account where no accounts are listed. */
function onlyWorkspace(names: readonly string[]): string {
  if (names.includes(DEFAULT_WORKSPACE)) return DEFAULT_WORKSPACE;
  const [only, ...others] = names;
  if (only === undefined || others.length > 0) {
    throw new ConfigError([
      'twilio.accounts is required: with several workspaces, each account names its own',
    ]);
  }
  return only;
}

import { KeywordConfig } from '../domain/keywords/keyword-config';
import { DEFAULT_WORKSPACE } from '../domain/subject';
import { readFileWith, readSection } from './config-file';
import { forwardUrlsOfEnv, forwardUrlsOfFile } from './forward-urls';
import { ConfigError, parseEnv, type Env } from './parse-env';
import {
  accountOfEnv,
  accountSidOfEnv,
  accountsOfFile,
  routesOfFile,
  type AccountRoute,
  type TwilioAccount,
} from './twilio-config';
import { workspaceOfEnv, workspacesOfFile, type WorkspaceConfig } from './workspace-config';
import { consentPolicy, workspaceNamesOfFile, type NamedWorkspace } from './workspace-names';

/*
 * What the services read of the configuration. Each part comes from its section of the file that OPTOUT_CONFIG names, or,
 * where that has none, from the environment (one account, one workspace). A service reads only the parts it needs, and so
 * needs only their secrets. All throw a ConfigError with every mistake of their part.
 */

/** The Twilio accounts whose requests are taken. */
export function readTwilioAccounts(env: Env): TwilioAccount[] {
  return readFileWith(env, ({ twilio }) =>
    twilio === undefined ? [accountOfEnv(env)] : accountsOfFile(twilio, env),
  );
}

/** The Customer.io workspaces that are written to. */
export function readWorkspaces(env: Env): WorkspaceConfig[] {
  return readFileWith(env, ({ customerio }) =>
    customerio === undefined ? [workspaceOfEnv(env)] : workspacesOfFile(customerio, env),
  );
}

/** The keywords in force; Twilio's defaults where none are configured. */
export function readKeywords(env: Env): KeywordConfig {
  return readFileWith(env, ({ keywords }) => readSection('keywords', KeywordConfig, keywords ?? {}, env));
}

/** Where inbound messages are passed on to. */
export function readForwardUrls(env: Env): readonly string[] {
  return readFileWith(env, ({ forward_urls: section }) =>
    section === undefined ? forwardUrlsOfEnv(env) : forwardUrlsOfFile(section, env),
  );
}

/** Which workspace an account's people are in; `undefined` for an account that is not configured. */
export type WorkspaceOf = (accountSid: string) => string | undefined;

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

/** Which accounts report to which workspaces: all of it that needs no secret. */
export interface Routes {
  /** Those that are configured; none where the environment names no account. */
  readonly accounts: readonly AccountRoute[];
  /** The account that TWILIO_ACCOUNT_SID names, whether or not it is among them. */
  readonly presentAccount: string | undefined;
  readonly workspaces: readonly string[];
  readonly workspaceOf: WorkspaceOf;
}

export function readRoutes(env: Env): Routes {
  return readFileWith(env, ({ twilio, customerio }) => routesOf(twilio, customerio, env));
}

/** Each workspace's name and consent policy, without its secrets. */
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

/** The workspace of everybody where no accounts are listed. */
function onlyWorkspace(names: readonly string[]): string {
  if (names.includes(DEFAULT_WORKSPACE)) return DEFAULT_WORKSPACE;
  const [only, ...others] = names;
  if (only === undefined || others.length > 0) {
    throw new ConfigError([
      'twilio.accounts is required: with several workspaces it says whose account is whose',
    ]);
  }
  return only;
}

import type { AccountRoute } from './account-route';
import type { BlockedSendSettings } from '../domain/blocked-send';
import { DEFAULT_WORKSPACE, type WorkspaceOf } from '../domain/subject';
import { BlockedSendConfig } from './blocked-send-config';
import { readFileWith, readSection } from './config-file';
import {
  forwardSignatureOfEnv,
  forwardSignatureOfFile,
  forwardUrlsOfEnv,
  forwardUrlsOfFile,
} from './forward-urls';
import { intakeOfFile, type IntakeClient } from './intake-config';
import { KeywordConfig } from './keyword-config';
import { ConfigError, parseEnv, type Env } from './parse-env';
import {
  accountOfEnv,
  accountSidOfEnv,
  accountsOfFile,
  apiAccountOfEnv,
  apiAccountsOfFile,
  routesOfFile,
  type TwilioAccount,
  type TwilioApiAccount,
} from './twilio-config';
import { workspaceByRoute } from './sender-routes';
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

/** The same accounts with what commands use Twilio's REST API by: an API key, where one is configured, and the tokens. */
export function readTwilioApiAccounts(env: Env): TwilioApiAccount[] {
  return readFileWith(env, ({ twilio }) =>
    twilio === undefined ? [apiAccountOfEnv(env)] : apiAccountsOfFile(twilio, env),
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

/** What is done about the error codes of failed sends. */
export function readBlockedSends(env: Env): BlockedSendSettings {
  return readFileWith(env, ({ blocked_sends: section }) =>
    readSection('blocked_sends', BlockedSendConfig, section ?? {}, env),
  );
}

/** The URLs that inbound messages are forwarded to. */
export function readForwardUrls(env: Env): readonly string[] {
  return readFileWith(env, ({ forward_urls: section }) =>
    section === undefined ? forwardUrlsOfEnv(env) : forwardUrlsOfFile(section, env),
  );
}

/** Whether forwarded messages have Twilio's signature. */
export function readForwardSignature(env: Env): boolean {
  return readFileWith(env, ({ forward: section }) =>
    section === undefined ? forwardSignatureOfEnv(env) : forwardSignatureOfFile(section, env),
  );
}

/** The tokens of the people webhook, by workspace; a workspace without any is missing. */
export function readWebhookTokens(env: Env): WorkspaceTokens[] {
  return readFileWith(env, ({ customerio }) =>
    customerio === undefined ? webhookTokensOfEnv(env) : webhookTokensOfFile(customerio, env),
  );
}

/** The systems that report opt-outs to `POST /webhooks/optouts`. */
export function readIntake(env: Env): IntakeClient[] {
  return readFileWith(env, ({ intake, twilio, customerio }) =>
    intake === undefined ? [] : intakeOfFile(intake, env, routesOf(twilio, customerio, env)),
  );
}

type NamesOfWorkspace = Pick<WorkspaceConfig, 'name' | 'configuredAs'>;

/**
 * Reads which workspace a message belongs to, by the name that the workspace is stored under; see {@link workspaceByRoute}.
 *
 * @param workspaces the configured workspaces, which the accounts must belong to
 */
export function readWorkspaceOf(env: Env, workspaces: readonly NamesOfWorkspace[]): WorkspaceOf {
  return readFileWith(env, ({ twilio }) => {
    if (twilio === undefined) {
      const only = onlyWorkspace(workspaces);
      return () => only;
    }
    return workspaceByRoute(storedRoutes(twilio, env, workspaces));
  });
}

/** The accounts of the file with the names that their workspaces are stored under. */
function storedRoutes(twilio: unknown, env: Env, workspaces: readonly NamesOfWorkspace[]): AccountRoute[] {
  const stored = new Map(workspaces.map(({ name, configuredAs }) => [configuredAs, name]));
  const isStored = <Route extends { readonly workspace: string }>(route: Route): Route => ({
    ...route,
    workspace: stored.get(route.workspace) ?? route.workspace,
  });
  return routesOfFile(twilio, env, [...stored.keys()]).map(({ routes, ...account }) => ({
    ...isStored(account),
    ...(routes && { routes: routes.map(isStored) }),
  }));
}

/** Returns the configured numbers of a Messaging Service; none where it is not configured. */
export function serviceNumbersOf({
  accounts,
}: Pick<Routes, 'accounts'>): (service: string) => readonly string[] {
  const all = new Map(accounts.flatMap(({ services }) => Object.entries(services ?? {})));
  return (service) => all.get(service) ?? [];
}

/** Returns how metrics name a sender, by its SID or number; `undefined` where it has no name. */
export function senderNamesOf({
  accounts,
}: Pick<Routes, 'accounts'>): (sender: string) => string | undefined {
  const all = new Map(accounts.flatMap(({ sender_names: names }) => Object.entries(names ?? {})));
  return (sender) => all.get(sender);
}

/** Which account belongs to which workspace: the part of the configuration that needs no secret. */
export interface Routes {
  /** The configured accounts; empty where the environment names none. */
  readonly accounts: readonly AccountRoute[];
  /** The account that TWILIO_ACCOUNT_SID names, whether or not it is in `accounts`. */
  readonly presentAccount: string | undefined;
  /** The names in the file, with the names that the workspaces are stored under. */
  readonly workspaces: ReadonlyMap<string, string>;
  readonly workspaceOf: WorkspaceOf;
}

export function readRoutes(env: Env): Routes {
  return readFileWith(env, ({ twilio, customerio }) => routesOf(twilio, customerio, env));
}

/** The name and consent policy of each workspace, without its secrets. */
export function readConsentPolicies(env: Env): NamedWorkspace[] {
  return readFileWith(env, ({ customerio }) =>
    customerio === undefined
      ? [
          {
            name: DEFAULT_WORKSPACE,
            configuredAs: DEFAULT_WORKSPACE,
            policy: parseEnv({ CONSENT_POLICY: consentPolicy }, env).CONSENT_POLICY,
          },
        ]
      : workspaceNamesOfFile(customerio, env),
  );
}

function routesOf(twilio: unknown, customerio: unknown, env: Env): Routes {
  const named =
    customerio === undefined
      ? [{ name: DEFAULT_WORKSPACE, configuredAs: DEFAULT_WORKSPACE }]
      : workspaceNamesOfFile(customerio, env);
  const workspaces = new Map(named.map(({ name, configuredAs }) => [configuredAs, name]));
  const workspaceOf = readWorkspaceOf(env, named);
  const presentAccount = accountSidOfEnv(env);
  if (twilio !== undefined) {
    return { accounts: storedRoutes(twilio, env, named), presentAccount, workspaces, workspaceOf };
  }
  const accounts =
    presentAccount === undefined ? [] : [{ sid: presentAccount, workspace: onlyWorkspace(named) }];
  return { accounts, presentAccount, workspaces, workspaceOf };
}

/** The workspace of every account where no accounts are listed. */
function onlyWorkspace(workspaces: readonly NamesOfWorkspace[]): string {
  const present = workspaces.find(({ configuredAs }) => configuredAs === DEFAULT_WORKSPACE);
  if (present) return present.name;
  const [only, ...others] = workspaces;
  if (only === undefined || others.length > 0) {
    throw new ConfigError([
      'twilio.accounts is required: with several workspaces, each account names its own',
    ]);
  }
  return only.name;
}

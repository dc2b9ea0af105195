import {
  collectErrors,
  readRoutes,
  readTwilioApiAccounts,
  readTwilioApiUrl,
  readWorkspaces,
  type Env,
  type TwilioApiAccount,
  type WorkspaceConfig,
} from '@optout-sync/shared/config';
import { overrideTarget } from '../accounts';
import { OperationError } from '../operation-error';

/** Where opt-outs go: to an account at Twilio, and to a workspace in the ledger. */
export interface ConsentTarget {
  readonly account: TwilioApiAccount;
  /** That of the senders which are given, else of the account. */
  readonly workspace: WorkspaceConfig;
  /** The name of the workspace that opt-outs from a sender go to. */
  readonly workspaceOf: (sender: string) => string;
  /** The base URL of Twilio's REST API. */
  readonly apiUrl: string;
}

/**
 * Returns the given account, else the present one, else the only one.
 *
 * @param senders decide the workspace where the account has routes
 * @throws {ConfigError}
 * @throws {OperationError} `account_unknown`, `account_ambiguous`, `workspace_ambiguous`
 */
export function consentTarget(
  env: Env,
  given: string | undefined,
  senders: readonly string[],
): ConsentTarget {
  const { routes, accounts, workspaces, apiUrl } = collectErrors({
    routes: () => readRoutes(env),
    accounts: () => readTwilioApiAccounts(env),
    workspaces: () => readWorkspaces(env),
    apiUrl: () => readTwilioApiUrl(env),
  });
  const { accountSid, workspace: name } = overrideTarget(routes, given, senders[0]);
  if (senders.some((sender) => routes.workspaceOf(accountSid, sender) !== name)) {
    throw new OperationError(
      'workspace_ambiguous',
      'these senders belong to several workspaces; give those of one workspace at a time',
    );
  }
  const account = accounts.find(({ sid }) => sid === accountSid);
  const workspace = workspaces.find((one) => one.name === name);
  if (account && workspace) {
    const workspaceOf = (one: string): string => routes.workspaceOf(accountSid, one) ?? name;
    return { account, workspace, workspaceOf, apiUrl };
  }
  throw new OperationError(
    'account_unknown',
    `this account is not configured; the configured accounts are ${accounts.map(({ sid }) => sid).join(', ')}`,
  );
}

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

/** Where opt-outs go: to an account at Twilio, and to its workspace in the ledger. */
export interface ConsentTarget {
  readonly account: TwilioApiAccount;
  readonly workspace: WorkspaceConfig;
  /** The base URL of Twilio's REST API. */
  readonly apiUrl: string;
}

/**
 * Returns the given account, else the present one, else the only one.
 *
 * @throws {ConfigError}
 * @throws {OperationError} `account_unknown`, `account_ambiguous`
 */
export function consentTarget(env: Env, given: string | undefined): ConsentTarget {
  const { routes, accounts, workspaces, apiUrl } = collectErrors({
    routes: () => readRoutes(env),
    accounts: () => readTwilioApiAccounts(env),
    workspaces: () => readWorkspaces(env),
    apiUrl: () => readTwilioApiUrl(env),
  });
  const { accountSid, workspace: name } = overrideTarget(routes, given);
  const account = accounts.find(({ sid }) => sid === accountSid);
  const workspace = workspaces.find((one) => one.name === name);
  if (account && workspace) return { account, workspace, apiUrl };
  throw new OperationError(
    'account_unknown',
    `this account is not configured; the configured accounts are ${accounts.map(({ sid }) => sid).join(', ')}`,
  );
}

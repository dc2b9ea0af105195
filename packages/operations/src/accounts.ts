import {
  readWorkspaces,
  type Env,
  type Routes,
  type TwilioApiAccount,
  type WorkspaceConfig,
} from '@optout-sync/shared/config';
import { OperationError } from './operation-error';

/** The account of an override where none is configured: a worker with one workspace accepts any account. */
const NO_ACCOUNT = 'manual';

/**
 * Returns the given account, else the only one.
 *
 * @throws {OperationError} `account_unknown`, `account_ambiguous`
 */
export function selectAccount(
  accounts: readonly TwilioApiAccount[],
  given: string | undefined,
): TwilioApiAccount {
  const [first, ...others] = accounts.filter(({ sid }) => given === undefined || sid === given);
  if (first && others.length === 0) return first;
  const configured = accounts.map(({ sid }) => sid).join(', ');
  throw first
    ? new OperationError(
        'account_ambiguous',
        `several accounts are configured; choose one of ${configured} with --account`,
      )
    : new OperationError(
        'account_unknown',
        `this account is not configured; the configured accounts are ${configured}`,
      );
}

/** A Twilio account, and the workspace that its events go to. */
export interface OverrideTarget {
  readonly accountSid: string;
  readonly workspace: string;
}

/**
 * Returns the given account, else the present one (TWILIO_ACCOUNT_SID), else the only one.
 *
 * @param sender decides the workspace where the account has routes; without it, the workspace of the other senders
 * @throws {OperationError} `account_unknown`, `account_ambiguous`
 */
export function overrideTarget(
  routes: Routes,
  given: string | undefined,
  sender: string | undefined,
): OverrideTarget {
  const accountSid = given ?? routes.presentAccount ?? onlyAccount(routes);
  const workspace = routes.workspaceOf(accountSid, sender);
  if (workspace === undefined) {
    throw new OperationError(
      'account_unknown',
      `this account is not configured; the configured accounts are ${sids(routes)}`,
    );
  }
  return { accountSid, workspace };
}

function onlyAccount(routes: Routes): string {
  const [first, ...others] = routes.accounts;
  if (others.length > 0) {
    throw new OperationError(
      'account_ambiguous',
      `several accounts are configured; choose one of ${sids(routes)}`,
    );
  }
  return first?.sid ?? NO_ACCOUNT;
}

const names = ({ workspaces }: Routes): string => [...workspaces.keys()].join(', ');
const sids = ({ accounts }: Routes): string => accounts.map(({ sid }) => sid).join(', ');

/**
 * Returns an account whose events of this sender go to the workspace.
 *
 * @throws {OperationError} `account_unknown` when no configured account reports to it
 */
export function accountOf(routes: Routes, workspace: string, sender: string): string {
  const { presentAccount = NO_ACCOUNT, accounts } = routes;
  const account = [presentAccount, ...accounts.map(({ sid }) => sid)].find(
    (sid) => routes.workspaceOf(sid, sender) === workspace,
  );
  if (account !== undefined) return account;
  throw new OperationError(
    'account_unknown',
    `no configured account reports to workspace ${workspace} by the sender ${sender}`,
  );
}

/**
 * Returns the name that the given workspace is stored under, else the one that the present account reports to, else the one that all
 * accounts report to. With routes to others a person may be in any of them: not to ask would show an opt-out as none.
 *
 * @throws {OperationError} `workspace_unknown`, `workspace_ambiguous`
 */
export function workspaceOf(routes: Routes, given: string | undefined): string {
  if (given !== undefined) {
    const stored = routes.workspaces.get(given);
    if (stored !== undefined) return stored;
    throw new OperationError(
      'workspace_unknown',
      `this workspace is not configured; the configured workspaces are ${names(routes)}`,
    );
  }
  const asked = routes.accounts.filter(({ sid }) => sid === (routes.presentAccount ?? sid));
  const reported = new Set(
    asked.flatMap((account) => [account, ...(account.routes ?? [])].map(({ workspace }) => workspace)),
  );
  if (reported.size > 1) {
    throw new OperationError(
      'workspace_ambiguous',
      `several workspaces are configured; choose one of ${names(routes)}`,
    );
  }
  return overrideTarget(routes, routes.presentAccount ?? routes.accounts[0]?.sid, undefined).workspace;
}

/**
 * Returns the configuration of a workspace, with its keys.
 *
 * @throws {ConfigError} for an invalid environment
 * @throws {OperationError} `workspace_unknown`
 */
export function workspaceConfigOf(env: Env, name: string): WorkspaceConfig {
  const workspace = readWorkspaces(env).find((one) => one.name === name);
  if (workspace) return workspace;
  throw new OperationError('workspace_unknown', `workspace ${name} is not configured`);
}

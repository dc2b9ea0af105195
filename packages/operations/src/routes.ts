import type { Routes } from '@optout-sync/shared/config';
import { OperationError } from './operation-error';

/** Stands for an account where none is configured: a worker with one workspace takes any. */
const NO_ACCOUNT = 'manual';

/** A Twilio account and the workspace its people are in. */
export interface OverrideTarget {
  readonly accountSid: string;
  readonly workspace: string;
}

/** The account that is given, else the present one (TWILIO_ACCOUNT_SID), else the only one. Throws a CommandError. */
export function overrideTarget(routes: Routes, given: string | undefined): OverrideTarget {
  const accountSid = given ?? routes.presentAccount ?? onlyAccount(routes);
  const workspace = routes.workspaceOf(accountSid);
  if (workspace === undefined) {
    throw new OperationError('account_unknown', `that account is not configured; there are ${sids(routes)}`);
  }
  return { accountSid, workspace };
}

function onlyAccount(routes: Routes): string {
  const [first, ...others] = routes.accounts;
  if (others.length > 0) {
    throw new OperationError(
      'account_ambiguous',
      `there are several accounts: say which with --account (${sids(routes)})`,
    );
  }
  return first?.sid ?? NO_ACCOUNT;
}

const sids = ({ accounts }: Routes): string => accounts.map(({ sid }) => sid).join(', ');

/** Any account whose people are in this workspace. Throws a CommandError. */
export function accountOf(routes: Routes, workspace: string): string {
  const { presentAccount = NO_ACCOUNT } = routes;
  if (routes.workspaceOf(presentAccount) === workspace) return presentAccount;
  const account = routes.accounts.find((one) => one.workspace === workspace);
  if (account) return account.sid;
  throw new OperationError(
    'account_unknown',
    `no account that is configured reports to workspace ${workspace}`,
  );
}

/** The workspace that is given, else the one that all accounts in question report to. Throws a CommandError. */
export function workspaceOf(routes: Routes, given: string | undefined): string {
  if (given !== undefined) {
    if (routes.workspaces.includes(given)) return given;
    throw new OperationError(
      'workspace_unknown',
      `there is no such workspace; there are ${routes.workspaces.join(', ')}`,
    );
  }
  const reported = new Set(routes.accounts.map(({ workspace }) => workspace));
  if (routes.presentAccount === undefined && reported.size > 1) {
    throw new OperationError(
      'workspace_ambiguous',
      `there are several workspaces: say which with --workspace (${routes.workspaces.join(', ')})`,
    );
  }
  return overrideTarget(routes, routes.presentAccount ?? routes.accounts[0]?.sid).workspace;
}

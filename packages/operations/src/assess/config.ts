import {
  collectErrors,
  readBlockedSends,
  readKeywords,
  readTwilioApiAccounts,
  readTwilioApiUrl,
  readWorkspaces,
  workspaceByRoute,
  type Env,
  type TwilioApiAccount,
  type WorkspaceConfig,
} from '@optout-sync/shared/config';
import {
  createBlockedSends,
  createClassifier,
  type BlockedSends,
  type Classify,
} from '@optout-sync/shared/domain';
import { selectAccount } from '../accounts';
import { OperationError } from '../operation-error';

/** What an assessment reads, and by which rules. */
export interface AssessConfig {
  readonly account: TwilioApiAccount;
  readonly twilioApiUrl: string;
  readonly workspace: WorkspaceConfig;
  /** Whether the people who wrote to a sender of the account are in the workspace. */
  readonly isOfWorkspace: (sender: string) => boolean;
  /** Finds wording without a keyword too, as a `review`. */
  readonly classify: Classify;
  readonly blockedSends: BlockedSends;
}

/** Keys of the Track API, which nothing here writes with, for whoever evaluates with an App API key alone. */
const WRITE_KEYS = ['CUSTOMERIO_SITE_ID', 'CUSTOMERIO_TRACK_API_KEY'];

/**
 * Reads the configuration of an assessment. It needs a Twilio account and a Customer.io App API key: no Redis, and no key that
 * writes.
 *
 * @param accountSid one of several configured accounts
 * @throws {ConfigError} with every error
 * @throws {OperationError} `account_unknown`, `account_ambiguous`, `workspace_not_readable`
 */
export function readAssessConfig(env: Env, accountSid: string | undefined): AssessConfig {
  const { accounts, workspaces, keywords, blockedSends, twilioApiUrl } = collectErrors({
    accounts: () => readTwilioApiAccounts(env),
    workspaces: () => readWorkspaces(withoutWriteKeys(env)),
    keywords: () => readKeywords(env),
    blockedSends: () => readBlockedSends(env),
    twilioApiUrl: () => readTwilioApiUrl(env),
  });
  const account = selectAccount(accounts, accountSid);
  const workspaceOf = workspaceByRoute([account]);
  return {
    account,
    twilioApiUrl,
    workspace: readable(workspaces, account.workspace),
    isOfWorkspace: (sender) => workspaceOf(account.sid, sender) === account.workspace,
    classify: createClassifier({ ...keywords, wording: 'flag' }),
    blockedSends: createBlockedSends(blockedSends),
  };
}

function withoutWriteKeys(env: Env): Env {
  const missing = WRITE_KEYS.filter((name) => !env[name] && !env[`${name}_FILE`]);
  return { ...env, ...Object.fromEntries(missing.map((name) => [name, 'not-needed'])) };
}

function readable(workspaces: readonly WorkspaceConfig[], name: string): WorkspaceConfig {
  const workspace = workspaces.find(({ configuredAs }) => configuredAs === name);
  if (workspace?.access?.appApiKey !== undefined) return workspace;
  throw new OperationError(
    'workspace_not_readable',
    `people of workspace ${name} cannot be looked up: it has no app_api_key`,
  );
}

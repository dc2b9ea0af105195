import { isAccountSid } from '@optout-sync/shared/domain';
import { WebhookError } from './webhook-error';

/** What verifies that a request is from a Twilio account: any of its auth tokens, the present and the next one. */
export interface Account {
  readonly tokens: readonly string[];
}

/** Accounts by their SID. */
export type Accounts = ReadonlyMap<string, Account>;

/** What a route verifies Twilio's signatures with. */
export interface VerificationKeys {
  readonly accounts: Accounts;
  /** Replaces the request's protocol and host. Its path, if any, precedes the request's path. */
  readonly publicUrl: string | undefined;
}

/**
 * The account that a request claims to be from. Only a signature proves the claim.
 *
 * @throws {WebhookError} `unknown_account` when the account is not configured
 */
export function knownAccount(sid: unknown, accounts: Accounts): Account {
  const account = typeof sid === 'string' ? accounts.get(sid) : undefined;
  if (account) return account;
  throw new WebhookError(
    'unknown_account',
    typeof sid === 'string' && isAccountSid(sid) ? { accountSid: sid } : {},
  );
}

/** The SID of the only configured account, '' when several are configured. The default for a request that names none. */
export function onlyAccount(accounts: Accounts): string {
  const [only = '', ...others] = accounts.keys();
  return others.length === 0 ? only : '';
}

/**
 * The configured accounts among those named, by SID. Without a name, the only configured account.
 *
 * @throws {WebhookError} `unknown_account` when none of them is configured
 */
export function knownAccounts(sids: ReadonlySet<string>, accounts: Accounts): Accounts {
  const candidates = sids.size > 0 ? sids : new Set([onlyAccount(accounts)]);
  const known = new Map([...accounts].filter(([sid]) => candidates.has(sid)));
  const [first] = candidates;
  if (known.size === 0) knownAccount(first, accounts);
  return known;
}

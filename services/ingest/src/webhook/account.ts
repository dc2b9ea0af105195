import { isAccountSid } from '@optout-sync/shared/domain';
import type { Account, Accounts } from '../config/config';
import { WebhookError } from './webhook-error';

/** The account that claims to have sent this. Whether it did, only its tokens can tell. */
export function knownAccount(sid: unknown, accounts: Accounts): Account {
  const account = typeof sid === 'string' ? accounts.get(sid) : undefined;
  if (account) return account;
  throw new WebhookError(
    'unknown_account',
    typeof sid === 'string' && isAccountSid(sid) ? { accountSid: sid } : {},
  );
}

/** The SID of the only account that is configured, '' where there are several: who is meant when none is named. */
export function onlyAccount(accounts: Accounts): string {
  const [only = '', ...others] = accounts.keys();
  return others.length === 0 ? only : '';
}

/** Those of the accounts named (the only one there is, when none is) that are configured, by SID, at least one. */
export function knownAccounts(sids: ReadonlySet<string>, accounts: Accounts): Accounts {
  const meant = sids.size > 0 ? sids : new Set([onlyAccount(accounts)]);
  const known = new Map([...accounts].filter(([sid]) => meant.has(sid)));
  const [first] = meant;
  if (known.size === 0) knownAccount(first, accounts);
  return known;
}

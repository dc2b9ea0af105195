import type { Account, Accounts } from '../config/config';
import { Refusal } from './refusal';

const LOOKS_LIKE_A_SID = /^AC[0-9a-fA-F]{32}$/;

/** The account that claims to have sent this. Whether it did, only its tokens can tell. */
export function knownAccount(sid: unknown, accounts: Accounts): Account {
  const account = typeof sid === 'string' ? accounts.get(sid) : undefined;
  if (account) return account;
  throw new Refusal(
    'unknown_account',
    typeof sid === 'string' && LOOKS_LIKE_A_SID.test(sid) ? { accountSid: sid } : {},
  );
}

/** Those of the accounts named that are configured, by SID, at least one. */
export function knownAccounts(sids: ReadonlySet<string>, accounts: Accounts): Accounts {
  const known = new Map([...accounts].filter(([sid]) => sids.has(sid)));
  const [first] = sids;
  if (known.size === 0) knownAccount(first, accounts);
  return known;
}

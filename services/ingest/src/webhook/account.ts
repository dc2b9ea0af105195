import type { Account, Accounts } from '../config/config';
import { Refusal } from './refusal';
import type { Params } from './request';

const LOOKS_LIKE_A_SID = /^AC[0-9a-fA-F]{32}$/;

/** The account that claims to have sent this. Whether it did, only its tokens can tell. */
export function knownAccount({ AccountSid: sid }: Params, accounts: Accounts): Account {
  const account = typeof sid === 'string' ? accounts.get(sid) : undefined;
  if (account) return account;
  throw new Refusal(
    'unknown_account',
    typeof sid === 'string' && LOOKS_LIKE_A_SID.test(sid) ? { accountSid: sid } : {},
  );
}

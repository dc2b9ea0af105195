import type { AccountState } from './account-state';
import { forbidden, unauthorized } from './api-error';

/** An API key (https://www.twilio.com/docs/iam/api-keys): a standard one may do everything but manage accounts. */
export interface ApiKey {
  readonly sid: string;
  readonly secret: string;
  readonly accountSid: string;
  /** The paths that a restricted key may use. */
  readonly allowed?: RegExp;
}

const ACCOUNT_IN_PATH = /^\/2010-04-01\/Accounts\/(AC\w+)(?:\.json|\/)/;
const ACCOUNT_RESOURCE = /^\/2010-04-01\/Accounts\/\w+\.json$/;

/**
 * Returns the account that a request acts for.
 *
 * @throws {ApiError} 401 for wrong credentials, or those of another account than the path's; 403 for a key without the permission
 */
export function authenticate(
  authorization: string | undefined,
  path: string,
  known: { readonly accounts: ReadonlyMap<string, AccountState>; readonly keys: ReadonlyMap<string, ApiKey> },
): AccountState {
  const [user = '', password = ''] = decodeBasic(authorization ?? '');
  const key = known.keys.get(user);
  const account = known.accounts.get(key ? key.accountSid : user);
  if (!account || password !== (key ? key.secret : account.authToken)) throw unauthorized();
  if (!isOf(account, path)) throw unauthorized();
  if (key) checkRights(key, path);
  return account;
}

/** Whether a path is one of the account, or names none. */
function isOf({ sid }: AccountState, path: string): boolean {
  const named = ACCOUNT_IN_PATH.exec(path)?.[1];
  return named === undefined || named === sid;
}

function checkRights({ allowed }: ApiKey, path: string): void {
  if (ACCOUNT_RESOURCE.test(path)) throw unauthorized();
  if (allowed && !allowed.test(path)) throw forbidden();
}

function decodeBasic(header: string): string[] {
  const encoded = /^Basic (.+)$/.exec(header)?.[1] ?? '';
  const [user = '', ...password] = Buffer.from(encoded, 'base64').toString().split(':');
  return [user, password.join(':')];
}

import { z } from 'zod';
import type { AccountRoute } from './account-route';
import { collectErrors } from './collect-errors';
import { readFileWith } from './config-file';
import { flag } from './fields';
import type { Routes } from './optout-config';
import { ConfigError, parseEnv, type Env } from './parse-env';
import { readTwilioApiUrl } from './twilio-api-url';
import { consentKeysOfEnv, consentKeysOfFile, type TwilioApiKey } from './twilio-config';
import { accountsOf } from './sender-routes';
import { defaultOf } from './variables';

/**
 * Whom an opt-out counts for at Twilio: `sender`, the sender that it was said to; `service`, the Messaging Service of that, where it is
 * configured; `account`, every configured sender of the account.
 */
const ConsentScope = z.enum(['sender', 'service', 'account']);
type ConsentScope = z.infer<typeof ConsentScope>;

/** An account that opt-outs are written to. */
export interface ConsentAccount extends AccountRoute {
  readonly apiKey: TwilioApiKey;
}

/** What is written to Twilio's own list of opt-outs. */
export interface ConsentsConfig {
  readonly scope: ConsentScope;
  /** The base URL of Twilio's REST API. */
  readonly apiUrl: string;
  readonly accounts: readonly ConsentAccount[];
  /** Every configured account, also those that nothing is written to: whose a sender is. */
  readonly routes: readonly AccountRoute[];
}

const env = {
  TWILIO_CONSENTS: flag.prefault(defaultOf('TWILIO_CONSENTS')),
  CONSENT_SCOPE: ConsentScope.prefault(defaultOf('CONSENT_SCOPE')),
};

/**
 * Reads which accounts opt-outs are written to; `undefined` for none.
 *
 * @param routes the configured accounts, with the names that their workspaces are stored under
 * @throws {ConfigError} also where it cannot be told which senders an account has
 */
export function readConsents(given: Env, routes: Pick<Routes, 'accounts'>): ConsentsConfig | undefined {
  const { TWILIO_CONSENTS: isOn, CONSENT_SCOPE: scope } = parseEnv(env, given);
  const access = readAccess(given, isOn);
  if (!access) return undefined;
  const { keys, apiUrl } = access;
  const accounts = routes.accounts.flatMap((route): ConsentAccount[] => {
    const apiKey = keys.get(route.sid);
    return apiKey ? [{ ...route, apiKey }] : [];
  });
  const errors = accounts.flatMap((account) => sendersMissing(account, scope, routes.accounts));
  if (errors.length > 0) throw new ConfigError(errors);
  return { scope, apiUrl, accounts, routes: routes.accounts };
}

/** The API keys by the SID of their account, and the base URL of the API. What is not used is not read. */
function readAccess(
  given: Env,
  isOn: boolean,
): { readonly keys: ReadonlyMap<string, TwilioApiKey>; readonly apiUrl: string } | undefined {
  const apiUrl = (): string => readTwilioApiUrl(given);
  return readFileWith(given, ({ twilio }) => {
    if (twilio === undefined)
      return isOn ? collectErrors({ keys: () => consentKeysOfEnv(given), apiUrl }) : undefined;
    const keys = consentKeysOfFile(twilio, given);
    return keys.size === 0 ? undefined : { keys, apiUrl: apiUrl() };
  });
}

/** Why the senders of an account have to be configured. */
function sendersMissing(
  { sid, services, numbers, workspace }: AccountRoute,
  scope: ConsentScope,
  all: readonly AccountRoute[],
): string[] {
  if (services ?? numbers) return [];
  const toAdd = `list the senders of ${sid} in OPTOUT_CONFIG, under services and numbers of its account`;
  if (scope === 'account') return [`CONSENT_SCOPE: account needs the senders: ${toAdd}`];
  const isAlone = accountsOf(all, workspace).length === 1;
  return isAlone ? [] : [`consents: several accounts share the workspace ${workspace}: ${toAdd}`];
}

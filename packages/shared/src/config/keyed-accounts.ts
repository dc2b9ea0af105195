import { z } from 'zod';
import { AccountSid } from '../domain/twilio-ids';
import { readSection } from './config-file';
import { secret } from './fields';
import { parseEnv, type Env } from './parse-env';
import { apiKey, mapAccounts, type Item, type TwilioApiKey } from './twilio-config';

/** An account as a service uses Twilio's REST API for it, which needs no token. */
export interface KeyedAccount {
  readonly sid: string;
  readonly authTokens: readonly string[];
  readonly apiKey: TwilioApiKey;
}

/** The API keys of the section alone, for processes that have no token. */
const SectionOfKeys = z.object({
  accounts: z.array(
    z
      .object({ sid: AccountSid, api_key: apiKey, api_secret: secret })
      .transform(({ sid, api_key, api_secret }): KeyedAccount => ({
        sid,
        authTokens: [],
        apiKey: { sid: api_key, secret: api_secret },
      })),
  ),
});

/** The accounts of the file's `twilio` section that have an API key, without their tokens. @throws {ConfigError} */
export function keyedAccountsOfFile(section: unknown, env: Env): KeyedAccount[] {
  return readSection('twilio', SectionOfKeys, onlyKeys(section), env).accounts;
}

/** The one account that the environment describes, where it has an API key. @throws {ConfigError} */
export function keyedAccountsOfEnv(env: Env): KeyedAccount[] {
  const {
    TWILIO_ACCOUNT_SID: sid,
    TWILIO_API_KEY: key,
    TWILIO_API_SECRET: keySecret,
  } = parseEnv(
    {
      TWILIO_ACCOUNT_SID: AccountSid.optional(),
      TWILIO_API_KEY: apiKey.optional(),
      TWILIO_API_SECRET: secret.optional(),
    },
    env,
  );
  if (sid === undefined || key === undefined || keySecret === undefined) return [];
  return [{ sid, authTokens: [], apiKey: { sid: key, secret: keySecret } }];
}

/** Drops all but the API keys, and the accounts that have none. */
function onlyKeys(section: unknown): unknown {
  const { accounts: listed } = mapAccounts(section, ({ sid, api_key, api_secret }) => ({
    sid,
    api_key,
    api_secret,
  })) as { readonly accounts?: unknown };
  const keyed = Array.isArray(listed)
    ? listed.filter((account: Item) => account.api_key !== undefined || account.api_secret !== undefined)
    : listed;
  return { accounts: keyed };
}

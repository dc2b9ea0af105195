import { z } from 'zod';
import type { BlockedSendSettings } from '../domain/blocked-send';
import { readFileWith } from './config-file';
import { duration } from './fields';
import { keyedAccountsOfEnv, keyedAccountsOfFile, type KeyedAccount } from './keyed-accounts';
import { readBlockedSends } from './optout-config';
import { ConfigError, parseEnv, type Env } from './parse-env';
import { readTwilioApiUrl } from './twilio-api-url';
import { defaultOf } from './variables';

/** How Twilio's message log is compared with the ledger. */
export interface SentCheckConfig {
  /** In ms, from one reading to the next. */
  readonly periodMs: number;
  /** The accounts whose logs are read. */
  readonly accounts: readonly KeyedAccount[];
  /** The base URL of Twilio's REST API. */
  readonly apiUrl: string;
  /** Which error codes of failed sends mean an opt-out. */
  readonly blockedSends: BlockedSendSettings;
}

const period = z
  .union([z.literal('off').transform(() => undefined), duration], {
    error: 'must be off or a duration such as 5m or 1h',
  })
  .prefault(defaultOf('SENT_CHECK_PERIOD'));

const NEEDS_KEY =
  'SENT_CHECK_PERIOD needs an API key of Twilio: TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET, ' +
  'or api_key and api_secret of an account in OPTOUT_CONFIG';

/** @returns `undefined` when it is off @throws {ConfigError} */
export function readSentCheck(env: Env): SentCheckConfig | undefined {
  const { SENT_CHECK_PERIOD: periodMs } = parseEnv({ SENT_CHECK_PERIOD: period }, env);
  const apiUrl = readTwilioApiUrl(env);
  const accounts = readFileWith(env, ({ twilio }) => {
    if (twilio === undefined) return keyedAccountsOfEnv(env);
    return periodMs === undefined ? [] : keyedAccountsOfFile(twilio, env);
  });
  if (periodMs === undefined) return undefined;
  if (accounts.length === 0) throw new ConfigError([NEEDS_KEY]);
  return { periodMs, accounts, apiUrl, blockedSends: readBlockedSends(env) };
}

import type { TwilioApiAccount } from '@optout-sync/shared/config';
import {
  TwilioApiError,
  readAccount,
  readNumbers,
  readSenders,
  regionOf,
  type Senders,
} from '@optout-sync/twilio-api';
import { checkClock } from './clocks';
import { ok, problem, type Finding } from './finding';
import { impatientClient, twilioProblem } from './twilio-access';

interface CheckedAccount {
  readonly findings: readonly Finding[];
  /** Missing where they could not be read. */
  readonly senders?: Senders;
}

/** Checks the credentials of an account and reads its senders. What one failure explains is not reported again. */
export async function checkAccount(account: TwilioApiAccount, apiUrl: string): Promise<CheckedAccount> {
  const region = regionOf(apiUrl);
  if (region !== undefined && region !== 'us1') {
    return { findings: [problem('twilio', 'twilio_region', `TWILIO_API_URL is in the region ${region}`)] };
  }
  const { findings, isAnswered, canRead } = await checkTokens(account, apiUrl);
  const key = isAnswered ? await checkKey(account, apiUrl) : [];
  findings.push(...key);
  const { sid, authTokens } = account;
  const usable: Pick<TwilioApiAccount, 'sid' | 'authTokens' | 'apiKey'> =
    key.length > 0 ? { sid, authTokens } : account;
  const { apiKey } = usable;
  if (!isAnswered || (!canRead && !apiKey)) return { findings };
  const client = impatientClient(usable, apiUrl);
  try {
    const senders = await readSenders(client, account.sid);
    if (client.serverTime !== undefined) {
      findings.push(checkClock('twilio', { whose: 'Twilio', theirs: client.serverTime, ours: Date.now() }));
    }
    const by = apiKey ? `the API key ${apiKey.sid}` : 'the auth token';
    findings.push(describe(account.sid, senders, by));
    return { findings, senders };
  } catch (error) {
    return { findings: [...findings, twilioProblem('twilio', account.sid, error)] };
  }
}

function describe(sid: string, { numbers, services }: Senders, by: string): Finding {
  const codes = numbers.filter(({ kind }) => kind === 'short_code').length;
  const counts =
    `${String(numbers.length - codes)} numbers, ${String(codes)} short codes and ` +
    `${String(services.length)} Messaging Services`;
  const what = `account ${sid}: ${counts}, read with ${by}`;
  return numbers.length + services.length === 0
    ? problem('twilio', 'twilio_no_senders', what)
    : ok('twilio', what);
}

interface CheckedTokens {
  readonly findings: Finding[];
  /** Whether Twilio answers as expected. */
  readonly isAnswered: boolean;
  /** Whether Twilio accepts one of them. */
  readonly canRead: boolean;
}

/** Checks the API key, by itself: requests fall back to the auth token. One that may not read numbers is restricted, not wrong. */
async function checkKey({ sid, apiKey }: TwilioApiAccount, apiUrl: string): Promise<Finding[]> {
  if (!apiKey) return [];
  try {
    await readNumbers(impatientClient({ sid, authTokens: [], apiKey }, apiUrl), sid);
  } catch (error) {
    if (!(error instanceof TwilioApiError)) throw error;
    if (error.status !== 401) return [];
    return [
      problem('twilio', 'twilio_key_rejected', `account ${sid}: Twilio rejects the API key ${apiKey.sid}`),
    ];
  }
  return [];
}

/** Checks each auth token, and whether one of them is that which signs webhooks. API keys cannot read the account. */
async function checkTokens({ sid, authTokens }: TwilioApiAccount, apiUrl: string): Promise<CheckedTokens> {
  const rejected: number[] = [];
  let account: Awaited<ReturnType<typeof readAccount>> | undefined;
  for (const [index, token] of authTokens.entries()) {
    try {
      account = await readAccount(impatientClient({ sid, authTokens: [token] }, apiUrl), sid);
    } catch (error) {
      if (!(error instanceof TwilioApiError) || error.code !== 'twilio_unauthorized') {
        return { findings: [twilioProblem('twilio', sid, error)], isAnswered: false, canRead: false };
      }
      rejected.push(index + 1);
    }
  }
  if (rejected.length === authTokens.length && rejected.length > 0) {
    const what = `account ${sid}: Twilio rejects the auth token`;
    const findings = [problem('twilio', 'twilio_credentials_rejected', what)];
    return { findings, isAnswered: true, canRead: false };
  }
  const findings = rejected.map((number) => {
    const which = `auth token ${String(number)} of ${String(authTokens.length)}`;
    return problem('twilio', 'twilio_token_rejected', `account ${sid}: Twilio rejects ${which}`);
  });
  if (!account) return { findings, isAnswered: true, canRead: true };
  if (account.primaryToken !== undefined && !authTokens.includes(account.primaryToken)) {
    findings.push(
      problem('twilio', 'twilio_token_not_primary', `account ${sid}: the primary token is not configured`),
    );
  } else findings.push(ok('twilio', `account ${sid}: Twilio accepts the auth token`));
  if (account.status !== 'active') {
    findings.push(problem('twilio', 'twilio_account_inactive', `account ${sid} is ${account.status}`));
  }
  return { findings, isAnswered: true, canRead: true };
}

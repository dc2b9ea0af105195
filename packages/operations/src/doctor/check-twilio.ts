import type { TwilioApiAccount } from '@optout-sync/shared/config';
import {
  TwilioApiError,
  readAccount,
  readNumbers,
  readServices,
  regionOf,
  type MessagingService,
  type PhoneNumber,
} from '@optout-sync/twilio-api';
import { checkClock } from './clocks';
import { ok, problem, type Finding } from './finding';
import { impatientClient, twilioProblem } from './twilio-access';

/** The numbers and Messaging Services of an account. */
export interface Senders {
  readonly numbers: readonly PhoneNumber[];
  readonly services: readonly MessagingService[];
}

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
  const { findings, canRead } = await checkTokens(account, apiUrl);
  if (!canRead) return { findings };
  const client = impatientClient(account, apiUrl);
  try {
    const numbers = await readNumbers(client, account.sid);
    const senders = { numbers, services: await readServices(client) };
    if (client.serverTime !== undefined) {
      findings.push(checkClock('twilio', { whose: 'Twilio', theirs: client.serverTime, ours: Date.now() }));
    }
    const by = account.apiKey ? `the API key ${account.apiKey.sid}` : 'the auth token';
    findings.push(describe(account.sid, senders, by));
    return { findings, senders };
  } catch (error) {
    return { findings: [...findings, twilioProblem('twilio', account.sid, error)] };
  }
}

function describe(sid: string, { numbers, services }: Senders, by: string): Finding {
  const what = `account ${sid}: ${String(numbers.length)} numbers and ${String(services.length)} Messaging Services, read with ${by}`;
  return numbers.length + services.length === 0
    ? problem('twilio', 'twilio_no_senders', what)
    : ok('twilio', what);
}

interface CheckedTokens {
  readonly findings: Finding[];
  /** Whether the senders can be read: with an API key also where the tokens are rejected. */
  readonly canRead: boolean;
}

/** Checks each auth token, and whether one of them is that which signs webhooks. API keys cannot read the account. */
async function checkTokens(
  { sid, authTokens, apiKey }: TwilioApiAccount,
  apiUrl: string,
): Promise<CheckedTokens> {
  const rejected: number[] = [];
  const findings: Finding[] = [];
  let account: Awaited<ReturnType<typeof readAccount>> | undefined;
  for (const [index, token] of authTokens.entries()) {
    try {
      account = await readAccount(impatientClient({ sid, authTokens: [token] }, apiUrl), sid);
    } catch (error) {
      if (!(error instanceof TwilioApiError) || error.code !== 'twilio_unauthorized') {
        return { findings: [twilioProblem('twilio', sid, error)], canRead: false };
      }
      rejected.push(index + 1);
    }
  }
  if (rejected.length === authTokens.length && rejected.length > 0) {
    const what = `account ${sid}: Twilio rejects the auth token`;
    return {
      findings: [problem('twilio', 'twilio_credentials_rejected', what)],
      canRead: apiKey !== undefined,
    };
  }
  for (const number of rejected) {
    const which = `auth token ${String(number)} of ${String(authTokens.length)}`;
    findings.push(problem('twilio', 'twilio_token_rejected', `account ${sid}: Twilio rejects ${which}`));
  }
  if (!account) return { findings, canRead: true };
  if (account.primaryToken !== undefined && !authTokens.includes(account.primaryToken)) {
    findings.push(
      problem('twilio', 'twilio_token_not_primary', `account ${sid}: the primary token is not configured`),
    );
  } else findings.push(ok('twilio', `account ${sid}: Twilio accepts the auth token`));
  if (account.status !== 'active') {
    findings.push(problem('twilio', 'twilio_account_inactive', `account ${sid} is ${account.status}`));
  }
  return { findings, canRead: true };
}

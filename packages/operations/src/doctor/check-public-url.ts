import { isLoopback, type TwilioAccount } from '@optout-sync/shared/config';
import { PROBE_HEADER, PROBE_PARAMETER, newProbe, proofOf } from '@optout-sync/shared/domain';
import { signForm } from '../twilio/sign-form';
import { shownUrl, webhookUrl } from '../twilio/webhook-url';
import { checkCertificate } from './certificate';
import { checkClock } from './clocks';
import { ok, problem, skipped, type Finding } from './finding';

const TIMEOUT_MS = 10_000;

/** Checks what Twilio meets at PUBLIC_URL: certificate, then for each account a signed probe that passes all proxies. */
export async function checkPublicUrl(
  publicUrl: string | undefined,
  accounts: readonly Pick<TwilioAccount, 'sid' | 'authTokens'>[],
): Promise<Finding[]> {
  if (publicUrl === undefined) return [problem('public_url', 'public_url_missing', 'PUBLIC_URL is not set')];
  const findings: Finding[] = [];
  const url = new URL(publicUrl);
  if (url.protocol === 'https:') {
    const certificate = await checkCertificate(url, Date.now());
    if (certificate) findings.push(certificate);
    if (certificate?.level === 'failure') return findings;
  } else if (!isLoopback(url.hostname)) {
    findings.push(problem('public_url', 'public_url_plain_http', `PUBLIC_URL begins with http://`));
  }
  for (const account of accounts) findings.push(...(await probe(publicUrl, account)));
  return findings;
}

async function probe(
  publicUrl: string,
  { sid, authTokens }: Pick<TwilioAccount, 'sid' | 'authTokens'>,
): Promise<Finding[]> {
  const [token] = authTokens;
  if (token === undefined)
    return [skipped('public_url', `account ${sid}: no auth token to sign a probe with`)];
  const url = webhookUrl(publicUrl, 'messages');
  const sent = newProbe(Date.now());
  const params = { AccountSid: sid, [PROBE_PARAMETER]: sent };
  const what = `a signed probe to ${shownUrl(url)} for ${sid}`;
  let response: Response;
  let body: string;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'x-twilio-signature': signForm(token, url, params) },
      body: new URLSearchParams(params),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    body = await response.text();
  } catch (error) {
    return [problem('public_url', 'probe_unanswered', `${what} is not answered (${reasonOf(error)})`)];
  }
  const proof = response.headers.get(PROBE_HEADER);
  const findings = authTokens.some((one) => proofOf(sent, one) === proof)
    ? [ok('public_url', `${what} is answered by this ingest`)]
    : [refusal(what, response.status, body)];
  const theirs = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(theirs)
    ? findings
    : [...findings, checkClock('public_url', { whose: 'PUBLIC_URL', theirs, ours: Date.now() })];
}

function refusal(what: string, status: number, body: string): Finding {
  const code = /^\{"code":"([a-z_]+)"/.exec(body)?.[1];
  const answer = `${what} is answered with ${String(status)}${code === undefined ? '' : ` ${code}`}`;
  return code === undefined || code === 'not_found'
    ? problem('public_url', 'probe_not_ours', answer)
    : problem('public_url', 'probe_refused', answer);
}

/** The error code of the connection, such as ECONNREFUSED; not the message, which may hold the URL. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as { readonly name?: string; readonly cause?: { readonly code?: string } };
  return (
    cause?.code ??
    (name === 'TimeoutError' ? `no answer in ${String(TIMEOUT_MS / 1_000)} s` : 'no connection')
  );
}

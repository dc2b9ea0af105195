import type { Env } from '@optout-sync/shared/config';
import type { RunRecord } from '../system/run-record';

/** The variables by which `optout-sync simulate` sends to a running system. */
export function demoTarget({ webhookUrl, account }: Partial<RunRecord> = {}): Env {
  if (!webhookUrl) return {};
  const INGEST_URL = new URL(webhookUrl).origin;
  if (!account) return { INGEST_URL };
  // A demo has its own account and no public URL, whatever .env holds.
  return {
    INGEST_URL,
    TWILIO_ACCOUNT_SID: account.accountSid,
    TWILIO_AUTH_TOKEN: account.authToken,
    PUBLIC_URL: INGEST_URL,
  };
}

/** Whether `--connect` names a host that is not on this machine. */
export function namesOtherMachine(args: readonly string[]): boolean {
  const [, value = ''] = /(?:^| )--connect[ =](\S+)/.exec(args.join(' ')) ?? [];
  if (!URL.canParse(value)) return false;
  return !/^(localhost|127\.[\d.]+|\[::1\])$/.test(new URL(value).hostname);
}

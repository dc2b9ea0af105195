import { isLoopback, type Env } from '@optout-sync/shared/config';
import type { RunRecord } from '../system/run-record';

/** The variables by which `optout-sync simulate` sends to a running system. */
export function demoTarget({ webhookUrl, account, sandbox }: Partial<RunRecord> = {}): Env {
  if (!webhookUrl) return {};
  const INGEST_URL = new URL(webhookUrl).origin;
  if (!account) return { INGEST_URL };
  // A demo has its own account and no public URL, whatever .env holds.
  return {
    INGEST_URL,
    TWILIO_ACCOUNT_SID: account.accountSid,
    TWILIO_AUTH_TOKEN: account.authToken,
    PUBLIC_URL: INGEST_URL,
    ...(sandbox?.TWILIO_API_URL && { SIMULATED_TWILIO_URL: sandbox.TWILIO_API_URL }),
  };
}

/** Whether `--connect` names a host that is not on this machine. */
export function namesOtherMachine(args: readonly string[]): boolean {
  const [, value = ''] = /(?:^| )--connect[ =](\S+)/.exec(args.join(' ')) ?? [];
  return URL.canParse(value) && !isLoopback(new URL(value).hostname);
}

/**
 * Whether a command may have the demo's accounts: `init` only where it writes to another file than .env, which is for
 * your own accounts, and with which `npm start` no longer runs the demo.
 */
export const mayHaveDemoAccounts = ([command, ...args]: readonly string[]): boolean =>
  command !== 'init' || args.some((arg) => arg === '--file' || arg.startsWith('--file='));

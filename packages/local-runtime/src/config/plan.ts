import { randomBytes } from 'node:crypto';
import type { Env } from '@optout-sync/shared/config';
import { demoAccount, demoEnv, type DemoAccount } from './demo-env';
import { readLauncherConfig, type LauncherConfig, type WantedPort } from './launcher-config';
import { decideMode } from './mode';
import { withSettings } from './with-settings';

interface Common {
  readonly config: LauncherConfig;
  /** The services' settings, without their ports and the addresses of what the launcher starts for them. */
  readonly env: Env;
}

export interface Demo extends Common {
  readonly mode: 'demo';
  /** The account to send messages for. */
  readonly account: DemoAccount;
  /** The token of the people webhook. */
  readonly peopleToken: string;
  /** That token as a variable for the commands, if it was made for this run and is no secret of yours. */
  readonly madeToken: Readonly<Record<string, string>>;
  /** Whether a profile that is created after its STOP is opted out: not when sweeps are off or only report. */
  readonly reconciles: boolean;
}

/** What to run. */
export type Plan = (Common & { readonly mode: 'real' }) | Demo;

/** A demo shows within seconds what takes a day otherwise. A sweep of it takes about 4 s. */
const DEMO_PERIOD = '5s';

/** @throws {ConfigError} with all errors in what the launcher reads; the services check what only they read */
export function makePlan(env: Env, forceDemo: boolean): Plan {
  if (!forceDemo && decideMode(env) === 'real') return realPlan(env);

  const base = demoEnv(env);
  const account = demoAccount();
  const tokens = env.CUSTOMERIO_WEBHOOK_TOKEN || randomBytes(16).toString('hex');
  const reconcile = {
    RECONCILE_PERIOD: env.RECONCILE_PERIOD || DEMO_PERIOD,
    RECONCILE_MODE: env.RECONCILE_MODE || 'enforce',
  };
  const read = readLauncherConfig(base);
  // A configured Redis may hold other data: the demo uses keys of its own there.
  const prefix = read.redisUrl === undefined ? read.prefix : `optout-demo-${randomBytes(4).toString('hex')}`;
  return {
    mode: 'demo',
    account,
    peopleToken: tokens.split(',')[0]?.trim() ?? '',
    madeToken: env.CUSTOMERIO_WEBHOOK_TOKEN ? {} : { CUSTOMERIO_WEBHOOK_TOKEN: tokens },
    reconciles: reconcile.RECONCILE_PERIOD !== 'off' && reconcile.RECONCILE_MODE === 'enforce',
    config: { ...read, prefix, hasConsole: true },
    env: withSettings(base, {
      QUEUE_PREFIX: prefix,
      TWILIO_ACCOUNT_SID: account.accountSid,
      TWILIO_AUTH_TOKEN: account.authToken,
      TWILIO_API_KEY: account.apiKey.sid,
      TWILIO_API_SECRET: account.apiKey.secret,
      SENT_CHECK_PERIOD: DEMO_PERIOD,
      CUSTOMERIO_WEBHOOK_TOKEN: tokens,
      LINK_KEY: account.linkKey,
      // Whoever is on this machine: the demo's sandbox is as open.
      CONSOLE_AUTH: 'none',
      ...reconcile,
    }),
  };
}

/** Twilio calls fixed ports: none is replaced when it is taken. */
function realPlan(env: Env): Plan {
  const config = readLauncherConfig(env);
  const fixed = (port: WantedPort): WantedPort => ({ ...port, configured: true });
  const { ports: wanted } = config;
  const ports = {
    webhook: fixed(wanted.webhook),
    ingestAdmin: fixed(wanted.ingestAdmin),
    workerAdmin: fixed(wanted.workerAdmin),
    console: fixed(wanted.console),
    consoleAdmin: fixed(wanted.consoleAdmin),
  };
  return { mode: 'real', config: { ...config, ports }, env };
}

import { randomBytes } from 'node:crypto';
import type { Env } from '@optout-sync/shared/config';
import { demoAccount, demoEnv, type DemoAccount } from './demo-env';
import { readLauncherConfig, type LauncherConfig } from './launcher-config';
import { decideMode } from './mode';
import { withSettings } from './with-settings';

interface Common {
  readonly config: LauncherConfig;
  /** What the services get, besides where their ports and neighbours are. */
  readonly env: Env;
}

/** What is to be run. Only a demo has an account that we may send messages for. */
export type Plan =
  (Common & { readonly mode: 'real' }) | (Common & { readonly mode: 'demo'; readonly account: DemoAccount });

/** @throws ConfigError with every mistake in what the launcher reads; what only services read is theirs to check. */
export function makePlan(env: Env, forceDemo: boolean): Plan {
  if (!forceDemo && decideMode(env) === 'real') return { mode: 'real', config: readLauncherConfig(env), env };

  const base = demoEnv(env);
  const account = demoAccount();
  const read = readLauncherConfig(base);
  // In a Redis of somebody else's the demo keeps to itself.
  const prefix = read.redisUrl === undefined ? read.prefix : `optout-demo-${randomBytes(4).toString('hex')}`;
  return {
    mode: 'demo',
    account,
    config: { ...read, prefix },
    env: withSettings(base, {
      QUEUE_PREFIX: prefix,
      TWILIO_ACCOUNT_SID: account.accountSid,
      TWILIO_AUTH_TOKEN: account.authToken,
    }),
  };
}

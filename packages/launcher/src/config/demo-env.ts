import { randomBytes } from 'node:crypto';
import type { Env } from '@optout-sync/shared';
import { CREDENTIALS } from './mode';

const REAL = new Set(
  [
    ...CREDENTIALS,
    'CUSTOMERIO_REGION',
    'CUSTOMERIO_PHONE_ATTRIBUTE',
    'CUSTOMERIO_PHONE_FORMATS',
    'CUSTOMERIO_SMS_ATTRIBUTE',
    'PUBLIC_URL',
    'OPTOUT_CONFIG',
    'REDIS_MODE',
    'REDIS_NODES',
    'REDIS_SENTINEL_NAME',
  ].flatMap((name) => [name, `${name}_FILE`]),
);

/** A Twilio account that exists only in this run. */
export interface DemoAccount {
  readonly accountSid: string;
  readonly authToken: string;
}

export function demoAccount(): DemoAccount {
  return { accountSid: `AC${randomBytes(16).toString('hex')}`, authToken: randomBytes(16).toString('hex') };
}

/** The environment without what would lead the demo to real accounts, or away from its sample people. */
export function withoutRealSettings(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !REAL.has(name)));
}

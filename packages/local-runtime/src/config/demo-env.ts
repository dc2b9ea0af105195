import { randomBytes } from 'node:crypto';
import type { Env } from '@optout-sync/shared/config';

/**
 * All that a demo takes over. A list of what is let in, so that no setting, of today or of later, leads a demo to real
 * accounts, passes its messages on, or away from its sample people.
 */
const TAKEN_OVER = new Set(
  [
    'INGEST_PORT',
    'INGEST_ADMIN_PORT',
    'WORKER_ADMIN_PORT',
    'LOG_LEVEL',
    'REDIS_URL',
    'QUEUE_PREFIX',
    // That there is one: the demo's own stands elsewhere.
    'SPOOL_DIR',
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

/** What of the environment a demo may know. */
export function demoEnv(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => TAKEN_OVER.has(name)));
}

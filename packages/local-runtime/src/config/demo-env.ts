import { randomBytes } from 'node:crypto';
import type { Env } from '@optout-sync/shared/config';

/**
 * The variables that a demo takes over. An allow list, so that no setting, present or future, makes a demo use real
 * accounts, forward its messages or miss its sample people.
 */
const TAKEN_OVER = new Set(
  [
    'INGEST_PORT',
    'INGEST_ADMIN_PORT',
    'INGEST_HOST',
    'ADMIN_HOST',
    'WORKER_ADMIN_PORT',
    'CONSOLE_PORT',
    'CONSOLE_ADMIN_PORT',
    'LOG_LEVEL',
    'REDIS_URL',
    'QUEUE_PREFIX',
    // Only that there is a spool: the demo replaces the folder by its own.
    'SPOOL_DIR',
  ].flatMap((name) => [name, `${name}_FILE`]),
);

/** Whoever sets a receiver of traces wants those of the demo too. They hold no private data. */
const OPEN_TELEMETRY = 'OTEL_';

/** A Twilio account that exists only in this run. */
export interface DemoAccount {
  readonly accountSid: string;
  readonly authToken: string;
  /** Of the worker, which needs no auth token. */
  readonly apiKey: { readonly sid: string; readonly secret: string };
  /** Seals the one-click links. */
  readonly linkKey: string;
}

export function demoAccount(): DemoAccount {
  const hex = (bytes = 16): string => randomBytes(bytes).toString('hex');
  return {
    accountSid: `AC${hex()}`,
    authToken: hex(),
    apiKey: { sid: `SK${hex()}`, secret: hex() },
    linkKey: hex(32),
  };
}

/** The part of the environment that a demo takes over. */
export function demoEnv(env: Env): Env {
  const isTakenOver = (name: string): boolean => TAKEN_OVER.has(name) || name.startsWith(OPEN_TELEMETRY);
  return Object.fromEntries(Object.entries(env).filter(([name]) => isTakenOver(name)));
}

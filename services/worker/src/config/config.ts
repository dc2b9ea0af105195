import { z } from 'zod';
import {
  PhoneFormat,
  allMistakes,
  baseUrl,
  integer,
  listOf,
  loggingEnv,
  parseEnv,
  port,
  redisConfig,
  redisEnv,
  type Channel,
  type ConsentPolicy,
  type Env,
  type RedisConfig,
} from '@optout-sync/shared';

/** One Customer.io workspace and how opt-outs are kept there. */
export interface WorkspaceConfig {
  readonly name: string;
  readonly siteId: string;
  readonly trackApiKey: string;
  readonly appApiKey: string;
  readonly region: 'us' | 'eu';
  readonly appUrl: string;
  readonly trackUrl: string;
  readonly phoneAttribute: string;
  readonly phoneFormats: readonly PhoneFormat[];
  /** The boolean attribute that is set, by channel. */
  readonly attributes: Readonly<Record<Channel, string>>;
  readonly appRps: number;
  readonly trackRps: number;
  readonly lookupBatch: number;
  readonly policy: ConsentPolicy;
}

export interface WorkerConfig {
  readonly adminPort: number;
  readonly logLevel: string;
  readonly redis: RedisConfig;
  readonly workspaces: readonly WorkspaceConfig[];
}

const HOSTS = {
  us: { app: 'https://api.customer.io', track: 'https://track.customer.io' },
  eu: { app: 'https://api-eu.customer.io', track: 'https://track-eu.customer.io' },
} as const;

/** Customer.io's limit on the length of a name (150 bytes). */
const attributeName = z
  .string()
  .refine((name) => Buffer.byteLength(name) <= 150, 'may have 150 bytes at most');
const secret = z.string().regex(/^\S+$/, 'may hold no white space');

const customerIoEnv = {
  CUSTOMERIO_SITE_ID: secret,
  CUSTOMERIO_TRACK_API_KEY: secret,
  CUSTOMERIO_APP_API_KEY: secret,
  CUSTOMERIO_REGION: z.enum(['us', 'eu']).default('us'),
  CUSTOMERIO_APP_URL: baseUrl.optional(),
  CUSTOMERIO_TRACK_URL: baseUrl.optional(),
  CUSTOMERIO_PHONE_ATTRIBUTE: attributeName.default('phone'),
  CUSTOMERIO_PHONE_FORMATS: listOf(PhoneFormat).default(['e164']),
  CUSTOMERIO_SMS_ATTRIBUTE: attributeName.default('sms_unsubscribe'),
  CUSTOMERIO_WHATSAPP_ATTRIBUTE: attributeName.default('whatsapp_unsubscribe'),
  CUSTOMERIO_APP_RPS: integer(1, 1_000).default(8),
  CUSTOMERIO_TRACK_RPS: integer(1, 1_000).default(100),
  LOOKUP_BATCH: integer(1, 500).default(50),
  CONSENT_POLICY: z.enum(['any', 'last']).default('any'),
};

const processEnv = { WORKER_ADMIN_PORT: port.default(9102), ...loggingEnv };

/** Reads the worker's configuration. Throws a ConfigError with every mistake in it. */
export function readConfig(env: Env): WorkerConfig {
  const { own, redis, workspace } = allMistakes({
    own: () => parseEnv(processEnv, env),
    redis: () => redisConfig(parseEnv(redisEnv, env)),
    workspace: () => readWorkspace(env),
  });
  return { adminPort: own.WORKER_ADMIN_PORT, logLevel: own.LOG_LEVEL, redis, workspaces: [workspace] };
}

function readWorkspace(env: Env): WorkspaceConfig {
  const read = parseEnv(customerIoEnv, env);
  const hosts = HOSTS[read.CUSTOMERIO_REGION];
  return {
    name: 'default',
    siteId: read.CUSTOMERIO_SITE_ID,
    trackApiKey: read.CUSTOMERIO_TRACK_API_KEY,
    appApiKey: read.CUSTOMERIO_APP_API_KEY,
    region: read.CUSTOMERIO_REGION,
    appUrl: read.CUSTOMERIO_APP_URL ?? hosts.app,
    trackUrl: read.CUSTOMERIO_TRACK_URL ?? hosts.track,
    phoneAttribute: read.CUSTOMERIO_PHONE_ATTRIBUTE,
    phoneFormats: read.CUSTOMERIO_PHONE_FORMATS,
    attributes: { sms: read.CUSTOMERIO_SMS_ATTRIBUTE, whatsapp: read.CUSTOMERIO_WHATSAPP_ATTRIBUTE },
    appRps: read.CUSTOMERIO_APP_RPS,
    trackRps: read.CUSTOMERIO_TRACK_RPS,
    lookupBatch: read.LOOKUP_BATCH,
    policy: read.CONSENT_POLICY,
  };
}

import { CONSOLE_VARIABLES } from './console-variables';
import type { Variable } from './variable';
import { WORKSPACE_VARIABLES } from './workspace-variables';

const EVERY_PROCESS = ['ingest', 'worker', 'console', 'cli', 'launcher'] as const;

/**
 * Every environment variable, in the order of docs/configuration.md. Schemas take their defaults from here; tests compare
 * the table with what each process reads, with docs/configuration.md and with .env.example.
 */
export const VARIABLES = {
  REDIS_URL: {
    meaning: 'URL of Redis, redis:// or rediss://.',
    required: true,
    secret: true,
    example: 'redis://127.0.0.1:6379',
    readBy: EVERY_PROCESS,
  },
  REDIS_MODE: {
    meaning: 'How Redis is reached: standalone, sentinel or cluster.',
    default: 'standalone',
    readBy: EVERY_PROCESS,
  },
  REDIS_NODES: {
    meaning: 'Sentinels or cluster nodes, as host:port, separated by commas.',
    required: true,
    example: '10.0.0.1:26379,10.0.0.2:26379',
    readBy: EVERY_PROCESS,
  },
  REDIS_SENTINEL_NAME: {
    meaning: "The master's name at the sentinels.",
    required: true,
    example: 'mymaster',
    readBy: EVERY_PROCESS,
  },
  REDIS_SENTINEL_USERNAME: {
    meaning: 'User name for the sentinels, where they require one.',
    readBy: EVERY_PROCESS,
  },
  REDIS_SENTINEL_PASSWORD: {
    meaning: 'Password for the sentinels, where they require one.',
    secret: true,
    readBy: EVERY_PROCESS,
  },
  QUEUE_PREFIX: { meaning: 'Prefix of all keys in Redis.', default: 'optout', readBy: EVERY_PROCESS },
  REQUIRE_DURABLE_REDIS: {
    meaning:
      'Whether ingest and worker refuse a Redis that may lose acknowledged writes; otherwise they warn.',
    default: 'false',
    readBy: EVERY_PROCESS,
  },
  LOG_LEVEL: {
    meaning: 'The lowest level that is logged: fatal, error, warn, info, debug, trace or silent.',
    default: 'info',
    readBy: EVERY_PROCESS,
  },
  LOG_FORMAT: {
    meaning: 'How ingest and worker write their log: json, one object a line, or pretty, text for people.',
    default: 'json',
    readBy: EVERY_PROCESS,
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    meaning: 'URL of an OTLP receiver (http) that gets traces. Without it none are recorded.',
    example: 'http://127.0.0.1:4318',
    readBy: ['ingest', 'worker', 'cli'],
  },
  INSECURE_HTTP_HOSTS: {
    meaning:
      'Hosts that may be called by plain http beside this machine, separated by commas: exact names; each is warned of at start.',
    example: 'customerio-gateway.internal',
    readBy: ['ingest', 'worker', 'console', 'cli'],
  },
  ADMIN_HOST: { meaning: 'Address of the private ports.', default: '127.0.0.1', readBy: EVERY_PROCESS },
  OPTOUT_CONFIG: {
    meaning: 'Path of a YAML file with several accounts and workspaces, keywords and forwarding.',
    example: './optout.yaml',
    readBy: EVERY_PROCESS,
  },

  TWILIO_ACCOUNT_SID: {
    meaning: 'The Twilio account whose webhooks are accepted.',
    required: true,
    readBy: [...EVERY_PROCESS, 'simulator'],
  },
  TWILIO_AUTH_TOKEN: {
    meaning: "The account's auth token, or several separated by commas: the present one and the next.",
    required: true,
    secret: true,
    readBy: ['ingest', 'cli', 'launcher', 'simulator'],
  },
  PUBLIC_URL: {
    meaning: 'The base URL that Twilio calls, without the path; signatures are verified against it.',
    example: 'https://optout.example.com',
    readBy: ['ingest', 'cli', 'launcher', 'simulator'],
  },
  TRUST_PROXY: {
    meaning:
      'Without PUBLIC_URL, the proxies whose X-Forwarded-* and Forwarded headers are trusted: addresses, networks, loopback, or a number of hops.',
    default: 'false',
    readBy: ['ingest', 'cli'],
  },
  STUDIO_TOKEN: {
    meaning:
      'Bearer token, or several separated by commas, for callers of the Studio route whose requests Twilio does not sign.',
    secret: true,
    readBy: ['ingest', 'cli', 'simulator'],
  },
  CUSTOMERIO_WEBHOOK_TOKEN: {
    meaning:
      'Bearer token, or several separated by commas, of the Customer.io workflow that reports new people and changed numbers.',
    secret: true,
    readBy: ['ingest', 'cli'],
  },
  LINK_KEY: {
    meaning:
      'Key of the one-click links, or several separated by commas, the present one first: each 32 random bytes at least, in base64 or hexadecimal.',
    secret: true,
    readBy: ['ingest', 'cli'],
  },
  FORWARD_URLS: {
    meaning: 'URLs that every verified message is forwarded to, separated by commas.',
    secret: true,
    example: 'https://track.customer.io/inbound/sms',
    readBy: ['ingest', 'cli'],
  },
  FORWARD_SIGNATURE: {
    meaning: "Whether forwarded messages have Twilio's signature, which lets a target replay them to you.",
    default: 'false',
    readBy: ['ingest', 'cli'],
  },
  SPOOL_DIR: {
    meaning:
      'Folder where events are stored while Redis is not usable: on a disk that outlives the process, one for each ingest.',
    default: './data/spool',
    readBy: ['ingest', 'cli'],
  },
  SPOOL_MAX_BYTES: {
    meaning: 'Upper bound of the spool, in bytes; reserve twice as much disk space.',
    default: '1073741824',
    readBy: ['ingest', 'cli'],
  },
  INGEST_DRAIN_SECONDS: {
    meaning: 'How long ingest accepts requests after SIGTERM, in seconds, 10 at most.',
    default: '5',
    readBy: ['ingest', 'cli'],
  },
  INGEST_PORT: {
    meaning: 'Public port of the webhooks.',
    default: '8080',
    readBy: ['ingest', 'cli', 'launcher', 'simulator'],
  },
  INGEST_HOST: {
    meaning: 'Address of the public port; by default all.',
    readBy: ['ingest', 'cli', 'launcher'],
  },
  INGEST_ADMIN_PORT: {
    meaning: 'Private port of the health checks and metrics of ingest.',
    default: '9101',
    readBy: ['ingest', 'cli', 'launcher'],
  },

  ...WORKSPACE_VARIABLES,
  RECONCILE_PERIOD: {
    meaning:
      'How often every opt-out in the ledger is compared with Customer.io: a duration such as 15s, 30m or 24h, or off.',
    default: '24h',
    readBy: ['worker', 'cli'],
  },
  RECONCILE_MODE: {
    meaning: 'Whether the comparison writes what differs, enforce, or only counts it, report.',
    default: 'enforce',
    readBy: ['worker', 'cli'],
  },
  RETENTION: {
    meaning:
      'How long messages that decide nothing any more are stored, in years or days, 400 days at least; without it they are not removed for their age.',
    example: '10y',
    readBy: ['worker', 'cli'],
  },
  TWILIO_CONSENTS: {
    meaning: "Whether opt-outs that Twilio did not block itself are written to Twilio's own list.",
    default: 'false',
    readBy: ['worker', 'cli'],
  },
  CONSENT_SCOPE: {
    meaning:
      'Whom such an opt-out is written for at Twilio: sender, its own sender; service, the Messaging Service of that; account, every configured sender of the account.',
    default: 'sender',
    readBy: ['worker', 'cli'],
  },
  SENT_CHECK_PERIOD: {
    meaning:
      "How often Twilio's message log is read for messages that were sent after an opt-out: a duration such as 5m or 1h, or off.",
    default: 'off',
    readBy: ['worker', 'cli'],
  },
  WORKER_ADMIN_PORT: {
    meaning: 'Private port of the health checks and metrics of the worker.',
    default: '9102',
    readBy: ['worker', 'cli', 'launcher'],
  },

  ...CONSOLE_VARIABLES,

  TWILIO_API_KEY: {
    meaning:
      "SID of an API key for Twilio's REST API: commands use it in place of the auth token, TWILIO_CONSENTS and SENT_CHECK_PERIOD need it.",
    example: 'SK00000000000000000000000000000001',
    readBy: ['worker', 'cli'],
  },
  TWILIO_API_SECRET: { meaning: 'Secret of that API key.', secret: true, readBy: ['worker', 'cli'] },
  TWILIO_API_URL: {
    meaning: "Base URL of Twilio's REST API.",
    default: 'https://api.twilio.com',
    readBy: ['worker', 'cli'],
  },
  PROOF_KEY: {
    meaning:
      'Key of the digest of proofs, 32 characters at least: with it nobody can change a proof and compute its digest anew.',
    secret: true,
    readBy: ['console', 'cli'],
  },
  INGEST_URL: {
    meaning:
      'Base URL of the ingest that npx optout-sync simulate sends to, where it does not run in this checkout.',
    example: 'http://127.0.0.1:8080',
    readBy: ['simulator'],
  },
  SIMULATED_TWILIO_URL: {
    meaning:
      "Base URL of the imitation of Twilio's REST APIs that npx optout-sync simulate logs messages at; in the demo it is known.",
    example: 'http://127.0.0.1:4010',
    readBy: ['simulator'],
  },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof VARIABLES;

type DefaultedVariable = {
  [Name in VariableName]: (typeof VARIABLES)[Name] extends { readonly default: string } ? Name : never;
}[VariableName];

/** The value that the variable has where it is not set. */
export function defaultOf<Name extends DefaultedVariable>(name: Name): (typeof VARIABLES)[Name]['default'] {
  return VARIABLES[name].default;
}

/** Whether the name is in the table. */
export function isVariable(name: string): name is VariableName {
  return Object.hasOwn(VARIABLES, name);
}

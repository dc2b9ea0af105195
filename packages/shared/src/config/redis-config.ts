import { z } from 'zod';
import { flag, integer, listOf, secret } from './fields';
import { ConfigError } from './parse-env';

/** Bounds what a worker opens: connections for each shard. */
export const MAX_SHARDS = 64;

const node = z
  .string()
  .regex(/^[^:\s]+:\d+$/, 'must be host:port,host:port,...')
  .transform((text) => {
    const [host = '', port = ''] = text.split(':');
    return { host, port: Number(port) };
  });

/** The variables that say where Redis is. */
export const redisEnv = {
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// URL' }).optional(),
  REDIS_MODE: z.enum(['standalone', 'sentinel', 'cluster']).default('standalone'),
  REDIS_NODES: listOf(node).optional(),
  REDIS_SENTINEL_NAME: z.string().optional(),
  REDIS_SENTINEL_USERNAME: z.string().optional(),
  REDIS_SENTINEL_PASSWORD: secret.optional(),
  QUEUE_PREFIX: z
    .string()
    .regex(/^[\w-]+$/, 'may hold letters, digits, _ and - only')
    .default('optout'),
  QUEUE_SHARDS: integer(1, MAX_SHARDS).default(1),
  REQUIRE_DURABLE_REDIS: flag.default(false),
};

interface Node {
  readonly host: string;
  readonly port: number;
}

/** Where Redis is and under which prefix our keys stand. `url` gives credentials and TLS in the other two modes. */
export type RedisConfig = {
  readonly prefix: string;
  /** How many shards new jobs are spread over, by phone; 1 by default. */
  readonly shards?: number;
  /** Whether a Redis that may lose what it acknowledged stops the start. */
  readonly requireDurable?: boolean;
} & (
  | { readonly mode: 'standalone'; readonly url: string }
  | {
      readonly mode: 'sentinel';
      readonly nodes: readonly Node[];
      readonly name: string;
      /** The sentinels' own credentials; the master's are in `url`. */
      readonly sentinelUsername?: string | undefined;
      readonly sentinelPassword?: string | undefined;
      readonly url?: string;
    }
  | { readonly mode: 'cluster'; readonly nodes: readonly Node[]; readonly url?: string }
);

type RedisEnv = z.output<z.ZodObject<typeof redisEnv>>;

/** Throws a ConfigError when what the mode needs is missing. */
export function redisConfig(env: RedisEnv): RedisConfig {
  const missing = missingVariables(env);
  if (missing.length > 0) {
    throw new ConfigError(missing.map((name) => `${name} is required with REDIS_MODE=${env.REDIS_MODE}`));
  }
  const { REDIS_URL: url, REDIS_NODES: nodes = [], REDIS_SENTINEL_NAME: name = '' } = env;
  const common = {
    prefix: env.QUEUE_PREFIX,
    shards: env.QUEUE_SHARDS,
    requireDurable: env.REQUIRE_DURABLE_REDIS,
  };
  switch (env.REDIS_MODE) {
    case 'standalone':
      return { mode: 'standalone', ...common, url: url ?? '' };
    case 'sentinel':
      return {
        mode: 'sentinel',
        ...common,
        nodes,
        name,
        sentinelUsername: env.REDIS_SENTINEL_USERNAME,
        sentinelPassword: env.REDIS_SENTINEL_PASSWORD,
        url,
      };
    case 'cluster':
      return { mode: 'cluster', ...common, nodes, url };
    default:
      return env.REDIS_MODE satisfies never;
  }
}

function missingVariables(env: RedisEnv): string[] {
  const needed = {
    standalone: ['REDIS_URL'],
    sentinel: ['REDIS_NODES', 'REDIS_SENTINEL_NAME'],
    cluster: ['REDIS_NODES'],
  } as const satisfies Record<RedisEnv['REDIS_MODE'], readonly (keyof RedisEnv)[]>;
  return needed[env.REDIS_MODE].filter((name) => env[name] === undefined);
}

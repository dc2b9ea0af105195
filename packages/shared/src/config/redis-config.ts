import { z } from 'zod';
import { flag, listOf, secret } from './fields';
import { ConfigError } from './parse-env';
import { defaultOf } from './variables';

const node = z
  .string()
  .regex(/^[^:\s]+:\d+$/, 'must be host:port,host:port,...')
  .refine((text) => Number(text.split(':')[1]) <= 65_535, 'has a port above 65535')
  .transform((text) => {
    const [host = '', port = ''] = text.split(':');
    return { host, port: Number(port) };
  });

/** The variables that describe the connection to Redis and the keys in it. */
export const redisEnv = {
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// URL' }).optional(),
  REDIS_MODE: z.enum(['standalone', 'sentinel', 'cluster']).prefault(defaultOf('REDIS_MODE')),
  REDIS_NODES: listOf(node).optional(),
  REDIS_SENTINEL_NAME: z.string().optional(),
  REDIS_SENTINEL_USERNAME: z.string().optional(),
  REDIS_SENTINEL_PASSWORD: secret.optional(),
  QUEUE_PREFIX: z
    .string()
    .regex(/^[\w-]+$/, 'may hold letters, digits, _ and - only')
    .prefault(defaultOf('QUEUE_PREFIX')),
  REQUIRE_DURABLE_REDIS: flag.prefault(defaultOf('REQUIRE_DURABLE_REDIS')),
};

interface Node {
  readonly host: string;
  readonly port: number;
}

/** How Redis is reached, and the prefix of our keys. With sentinels or a cluster, `url` gives credentials and TLS only. */
export type RedisConfig = {
  readonly prefix: string;
  /** Whether a service refuses to start on a Redis that may lose acknowledged writes. */
  readonly requireDurable?: boolean;
} & (
  | { readonly mode: 'standalone'; readonly url: string }
  | {
      readonly mode: 'sentinel';
      readonly nodes: readonly Node[];
      readonly name: string;
      /** Credentials for the sentinels; those for the master are in `url`. */
      readonly sentinelUsername?: string | undefined;
      readonly sentinelPassword?: string | undefined;
      readonly url?: string;
    }
  | { readonly mode: 'cluster'; readonly nodes: readonly Node[]; readonly url?: string }
);

type RedisEnv = z.output<z.ZodObject<typeof redisEnv>>;

/** Builds the configuration of a mode. @throws {ConfigError} when a variable that the mode requires is missing */
export function redisConfig(env: RedisEnv): RedisConfig {
  const missing = missingVariables(env);
  if (missing.length > 0) {
    throw new ConfigError(missing.map((name) => `${name} is required with REDIS_MODE=${env.REDIS_MODE}`));
  }
  const { REDIS_URL: url, REDIS_NODES: nodes = [], REDIS_SENTINEL_NAME: name = '' } = env;
  const common = {
    prefix: env.QUEUE_PREFIX,
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

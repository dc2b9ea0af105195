import {
  collectErrors,
  parseEnv,
  readIngestConfig,
  readTwilioApiAccounts,
  readTwilioApiUrl,
  readWorkerConfig,
  redisConfig,
  redisEnv,
  type Env,
  type IngestConfig,
  type RedisConfig,
  type TwilioApiAccount,
  type WorkerConfig,
} from '@optout-sync/shared/config';
import { readProofKey } from './proof-key';

/** Reads how Redis is reached. @throws {ConfigError} */
export function readConfig(env: Env): RedisConfig {
  return redisConfig(parseEnv(redisEnv, env));
}

/** The configuration of all processes. */
export interface SharedConfig {
  readonly ingest: IngestConfig;
  readonly worker: WorkerConfig;
  readonly accounts: readonly TwilioApiAccount[];
  readonly twilioApiUrl: string;
  /** The key of proofs, if there is one. */
  readonly proofKey: string | undefined;
}

/**
 * Reads the configuration of every service, by the function that the service itself starts with.
 *
 * @throws {ConfigError} with every error of every part
 */
export function readSharedConfig(env: Env): SharedConfig {
  return collectErrors({
    ingest: () => readIngestConfig(env),
    worker: () => readWorkerConfig(env),
    accounts: () => readTwilioApiAccounts(env),
    twilioApiUrl: () => readTwilioApiUrl(env),
    proofKey: () => readProofKey(env),
  });
}

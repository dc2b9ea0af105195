import { z } from 'zod';
import { parseEnv, type Env } from '@optout-sync/shared/config';

/** Fewer characters could be guessed. */
const MIN_LENGTH = 32;

/** Reads the key of proofs, if there is one. @throws {ConfigError} */
export function readProofKey(env: Env): string | undefined {
  const key = z.string().min(MIN_LENGTH, `must have at least ${String(MIN_LENGTH)} characters`);
  return parseEnv({ PROOF_KEY: key.optional() }, env).PROOF_KEY;
}

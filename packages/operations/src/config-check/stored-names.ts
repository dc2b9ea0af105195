import { connectRedis, untilReady } from '@optout-sync/shared/redis';
import { withTimeout } from '@optout-sync/shared/service';
import { readStoredNames, unservedNames, type StoredNames } from '@optout-sync/shared/stored-names';
import type { SharedConfig } from '../config/config';
import { OperationError } from '../operation-error';

const CONNECT_TIMEOUT_MS = 2_000;
/** Tens of millions of keys. */
const READ_TIMEOUT_MS = 60_000;

/**
 * Returns a warning for each name that data are stored under in Redis while no configured workspace has it.
 *
 * @throws {OperationError} `redis_unavailable` when Redis cannot be reached or read in time
 */
export async function storedNameWarnings({ worker }: SharedConfig): Promise<string[]> {
  const { redis: config, workspaces } = worker;
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  const redis = connectRedis(config, 'store', fail);
  try {
    // The first failed attempt is enough: nobody waits for a Redis that is not there.
    await withTimeout(Promise.race([untilReady(redis), failed]), CONNECT_TIMEOUT_MS);
    const stored = await withTimeout(readStoredNames(redis, config.prefix), READ_TIMEOUT_MS);
    const names = workspaces.map(({ name }) => name);
    return describeUnserved(stored, names).map(
      ({ name, what }) => `${what}: set storedAs: ${name} if it was renamed`,
    );
  } catch (error) {
    // The message is empty for a host with several addresses.
    const { message, code } = error as NodeJS.ErrnoException;
    const reason = message || String(code);
    throw new OperationError('redis_unavailable', `the stored names were not checked: ${reason}`, 'failed');
  } finally {
    redis.disconnect();
  }
}

/** Says of each name that no workspace serves, how much is stored under it. */
export function describeUnserved(
  stored: StoredNames,
  served: readonly string[],
): { readonly name: string; readonly what: string }[] {
  const { ledger, queues } = unservedNames(stored, new Set(served));
  return [...new Set([...Object.keys(ledger), ...Object.keys(queues)])].sort().map((name) => {
    const amount = `${String(ledger[name] ?? 0)} ledger entries and ${String(queues[name] ?? 0)} jobs`;
    return { name, what: `no workspace serves the stored name ${name} (${amount})` };
  });
}

import { connectRedis, untilReady } from '@optout-sync/shared/redis';
import { withTimeout } from '@optout-sync/shared/service';
import { readStoredNames, unservedNames } from '@optout-sync/shared/stored-names';
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
    const names = await withTimeout(readStoredNames(redis, config.prefix), READ_TIMEOUT_MS);
    const { ledger, queues } = unservedNames(names, new Set(workspaces.map(({ name }) => name)));
    return [...new Set([...Object.keys(ledger), ...Object.keys(queues)])].sort().map((name) => {
      const entries = `${String(ledger[name] ?? 0)} ledger entries and ${String(queues[name] ?? 0)} jobs`;
      return `no workspace serves the stored name ${name} (${entries}): set storedAs: ${name} if it was renamed`;
    });
  } catch (error) {
    // The message is empty for a host with several addresses.
    const { message, code } = error as NodeJS.ErrnoException;
    const reason = message || String(code);
    throw new OperationError('redis_unavailable', `the stored names were not checked: ${reason}`, 'failed');
  } finally {
    redis.disconnect();
  }
}

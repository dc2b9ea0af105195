import type { Env } from '@optout-sync/shared/config';
import type { Author } from '../audit/author';
import { withStores } from '../stores';

/**
 * Writes to the audit trail what was set at Twilio.
 *
 * @throws {ConfigError} where no Redis is configured
 * @throws {OperationError} `redis_unavailable`
 */
export function recordSetup(
  env: Env,
  author: Author,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  return withStores({ env }, ({ audit }) => audit.add({ action: 'setup', ...author, details }));
}

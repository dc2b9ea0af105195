import { maskPhone } from '@optout-sync/shared/domain';
import type { Ledger } from '@optout-sync/shared/ledger';
import type { SyncRequest } from '@optout-sync/shared/queues';
import type { JobDescription } from '../runner/job-kind';

/**
 * What the log says of a failed sync, or write to an optional destination. The job names a phone alone: the messages that wait for it
 * are in the ledger.
 */
export async function describePhone(
  ledger: Pick<Ledger, 'read'>,
  request: SyncRequest,
): Promise<JobDescription> {
  const { workspace, channel, phone } = request;
  const known = { workspace, channel, phones: [maskPhone(phone)] };
  const entry = await ledger.read(request).catch(() => undefined);
  if (!entry) return known;
  const waiting = entry.history.filter(({ outcome }) => outcome === 'pending');
  return { ...known, messageSids: waiting.map(({ messageSid }) => messageSid) };
}

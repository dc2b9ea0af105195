import { maskPhone } from '@optout-sync/shared/domain';
import type { Ledger, LedgerEntry } from '@optout-sync/shared/ledger';
import type { SyncRequest } from '@optout-sync/shared/queues';
import type { JobDescription } from '../runner/job-kind';

/**
 * What the log says of a failed sync, or write to an optional destination. The job names a phone alone: the messages that wait for it
 * are in the ledger. Never rejects.
 *
 * @param waitingIn returns the SIDs of the messages of an entry that wait for the job
 */
export async function describePhone(
  ledger: Pick<Ledger, 'read'>,
  request: SyncRequest,
  waitingIn: (entry: LedgerEntry) => readonly string[],
): Promise<JobDescription> {
  const { workspace, channel, phone } = request;
  const entry = await ledger.read(request).catch(() => undefined);
  return {
    workspace,
    channel,
    phones: [maskPhone(phone)],
    ...(entry && { messageSids: waitingIn(entry) }),
  };
}

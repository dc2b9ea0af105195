import { JobError } from '@optout-sync/shared/domain';
import { SyncRequest } from '@optout-sync/shared/queues';

/** Parses the payload of a job that brings a phone up to date. @throws {JobError} `sync_request_invalid` */
export function parseSyncRequest(raw: unknown): SyncRequest {
  const parsed = SyncRequest.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new JobError('rejected', 'sync_request_invalid', 'the sync request is invalid');
}

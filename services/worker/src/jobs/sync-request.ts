import { SyncRequest } from '@optout-sync/shared/queues';
import { parsePayload, type PayloadCodes } from '../runner/parse-payload';

const CODES: PayloadCodes = {
  invalid: 'sync_request_invalid',
  versionUnknown: 'sync_request_version_unknown',
  valueUnknown: 'sync_request_value_unknown',
};

/** Parses the payload of a job that brings a phone up to date. @throws {JobError} see `parsePayload` */
export function parseSyncRequest(raw: unknown): SyncRequest {
  return parsePayload(SyncRequest, raw, CODES, 'the sync request');
}

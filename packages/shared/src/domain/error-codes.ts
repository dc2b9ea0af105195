import type { ErrorCodeDefinition } from './error-code-definition';
import { INGEST_ERROR_CODES } from './ingest-error-codes';
import { TWILIO_ERROR_CODES } from './twilio-error-codes';

const UPGRADE = 'Upgrade the workers, replay.';
const INVALID = 'Show it: a replay parses it again, so it helps once the workers know the form.';
const REPLAY_AFTER_RECOVERY = 'Replay once the cause is removed.';
const NOTHING = 'Nothing.';

/**
 * The error codes of jobs and of what ingest puts in the dead letters: the same in logs, metrics and dead letters, and
 * stable. docs/operations.md is tested against this table.
 */
export const ERROR_CODES = {
  customerio_refused: {
    meaning: 'Customer.io rejected the request.',
    remedy: 'See the message and the status of the attempts, correct the person or the attribute, replay.',
    ends: 'dead_letter',
  },
  customerio_item_refused: {
    meaning: "Customer.io rejected one person's update within a batch.",
    remedy: 'See the message and the status of the attempts, correct the person or the attribute, replay.',
    ends: 'dead_letter',
  },
  customerio_server_error: {
    meaning: 'Customer.io answered 5xx, 408 or 425 for 24 hours.',
    remedy: REPLAY_AFTER_RECOVERY,
    ends: 'dead_letter',
  },
  customerio_timeout: {
    meaning: 'Customer.io did not answer completely in time, for 24 hours.',
    remedy: REPLAY_AFTER_RECOVERY,
    ends: 'dead_letter',
  },
  customerio_unreachable: {
    meaning: 'No connection to Customer.io for 24 hours.',
    remedy: REPLAY_AFTER_RECOVERY,
    ends: 'dead_letter',
  },
  customerio_answer_not_understood: {
    meaning: 'Customer.io answered in an unknown form for 24 hours.',
    remedy: REPLAY_AFTER_RECOVERY,
    ends: 'dead_letter',
  },
  customerio_answer_too_large: {
    meaning: 'Customer.io answered with more than 16 MB, where nothing smaller can be asked for.',
    remedy: 'See the operation in the log; a gateway may give that answer. Replay once it does not.',
    ends: 'dead_letter',
  },
  customerio_endless_pages: {
    meaning: "A search returned more pages than any phone number's people fill, for 24 hours.",
    remedy: REPLAY_AFTER_RECOVERY,
    ends: 'dead_letter',
  },
  customerio_people_not_told_apart: {
    meaning: 'A search for several numbers found a person who cannot be assigned to one of them.',
    remedy: NOTHING,
    ends: 'handled',
  },
  internal_error: {
    meaning: 'An unexpected error, for 24 hours.',
    remedy: REPLAY_AFTER_RECOVERY,
    ends: 'dead_letter',
  },
  customerio_unauthorized: {
    meaning: 'Customer.io rejected the key.',
    remedy: 'Correct the key or the region and restart the workers.',
    ends: 'waits',
  },
  customerio_wrong_region: {
    meaning: 'The workspace is in the other region.',
    remedy: 'Correct the region and restart the workers.',
    ends: 'waits',
  },
  customerio_operation_refused: {
    meaning: 'Customer.io, or a gateway before it, rejects every request of one operation.',
    remedy:
      'See the operation and the status in the log; a gateway or the rights of the key may be the cause.',
    ends: 'waits',
  },
  customerio_rate_limited: {
    meaning: 'Customer.io answered 429.',
    remedy: NOTHING,
    ends: 'waits',
  },
  ...TWILIO_ERROR_CODES,
  forward_refused: {
    meaning: 'A forwarding target answered 4xx.',
    remedy: 'Correct the target. A replay goes to the same URL.',
    ends: 'dead_letter',
  },
  forward_redirected: {
    meaning: 'A forwarding target answered with a redirect, which is not followed.',
    remedy: 'Correct the URL. A replay goes to the old one.',
    ends: 'dead_letter',
  },
  forward_server_error: {
    meaning: 'A forwarding target answered 5xx, 408 or 425 for 24 hours.',
    remedy: 'Replay once the target works.',
    ends: 'dead_letter',
  },
  forward_timeout: {
    meaning: 'A forwarding target did not answer completely in time, for 24 hours.',
    remedy: 'Replay once the target works.',
    ends: 'dead_letter',
  },
  forward_unreachable: {
    meaning: 'No connection to a forwarding target for 24 hours.',
    remedy: 'Replay once the target works.',
    ends: 'dead_letter',
  },
  forward_target_down: {
    meaning: 'A forwarding target was down for 24 hours; the last attempt was not sent.',
    remedy: 'Replay once the target works.',
    ends: 'dead_letter',
  },
  forward_rate_limited: {
    meaning: 'A forwarding target answered 429.',
    remedy: NOTHING,
    ends: 'waits',
  },
  event_invalid: {
    meaning: 'An inbound event in a form that no version has.',
    remedy: INVALID,
    ends: 'dead_letter',
  },
  event_version_unknown: {
    meaning: 'An inbound event of a higher version than the workers support, for 24 hours.',
    remedy: UPGRADE,
    ends: 'dead_letter',
  },
  event_value_unknown: {
    meaning: 'An inbound event with a word that the workers do not know, for 24 hours.',
    remedy: UPGRADE,
    ends: 'dead_letter',
  },
  sync_request_invalid: {
    meaning: 'A sync request in a form that no version has.',
    remedy: INVALID,
    ends: 'dead_letter',
  },
  sync_request_version_unknown: {
    meaning: 'A sync request of a higher version than the workers support, for 24 hours.',
    remedy: UPGRADE,
    ends: 'dead_letter',
  },
  sync_request_value_unknown: {
    meaning: 'A sync request with a word that the workers do not know, for 24 hours.',
    remedy: UPGRADE,
    ends: 'dead_letter',
  },
  batch_invalid: {
    meaning: 'A large batch of Event Streams that is not JSON, or not in the form in which ingest stores it.',
    remedy: INVALID,
    ends: 'dead_letter',
  },
  batch_version_unknown: {
    meaning:
      'A large batch stored by a newer ingest, which waited 24 hours for a worker that knows its version.',
    remedy: UPGRADE,
    ends: 'dead_letter',
  },
  batch_value_unknown: {
    meaning: 'A large batch with a word of a newer ingest, which waited 24 hours for a worker that knows it.',
    remedy: UPGRADE,
    ends: 'dead_letter',
  },
  people_change_invalid: {
    meaning: 'Changed people in a form that no version has.',
    remedy: INVALID,
    ends: 'dead_letter',
  },
  people_change_version_unknown: {
    meaning: 'Changed people of a higher version than the workers support, for 24 hours.',
    remedy: UPGRADE,
    ends: 'dead_letter',
  },
  people_change_value_unknown: {
    meaning: 'Changed people with a word that the workers do not know, for 24 hours.',
    remedy: UPGRADE,
    ends: 'dead_letter',
  },
  forward_invalid: {
    meaning: 'A request to forward in a form that no version has.',
    remedy: INVALID,
    ends: 'dead_letter',
  },
  forward_version_unknown: {
    meaning: 'A request to forward of a higher version than the workers support, for 24 hours.',
    remedy: UPGRADE,
    ends: 'dead_letter',
  },
  forward_value_unknown: {
    meaning: 'A request to forward with a word that the workers do not know, for 24 hours.',
    remedy: UPGRADE,
    ends: 'dead_letter',
  },
  replay_version_unknown: {
    meaning: 'A replay run of a newer version; after 24 hours it is cancelled, and its dead letters stay.',
    remedy: 'Upgrade the workers.',
    ends: 'waits',
  },
  replay_invalid: {
    meaning: 'A replay request in a form that no version has; it is dropped.',
    remedy: 'Start the replay again.',
    ends: 'handled',
  },
  account_unknown: {
    meaning: 'An inbound event of an account that is not configured.',
    remedy: 'Configure the account and restart the workers.',
    ends: 'waits',
  },
  workspace_unknown: {
    meaning: 'A sync of a workspace that is not configured.',
    remedy: 'Configure the workspace and restart the workers.',
    ends: 'waits',
  },
  worker_stopping: {
    meaning: 'The worker stopped before the attempt.',
    remedy: NOTHING,
    ends: 'waits',
  },
  poison_job: {
    meaning: 'Workers died three times on this job while it ran alone.',
    remedy: 'Find the cause in the logs of the workers, replay once it is removed.',
    ends: 'dead_letter',
  },
  ...INGEST_ERROR_CODES,
} as const satisfies Record<string, ErrorCodeDefinition>;

export type ErrorCode = keyof typeof ERROR_CODES;

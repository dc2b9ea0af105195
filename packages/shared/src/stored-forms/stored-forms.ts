import type { z } from 'zod';
import { DeadLetter } from '../dead-letters/dead-letter';
import { InboundEvent } from '../domain/inbound-event';
import type { InboundBatch } from '../queues/inbound-job';
import { ForwardRequest, SyncRequest } from '../queues/jobs';
import { PeopleChange } from '../queues/people-change';
import { RawBatch } from '../queues/raw-batch';

/** Something that outlives the process that wrote it, so that another release may read it. */
interface StoredForm {
  readonly name: string;
  /** Its keys in Redis, without the prefix, or undefined for a file. */
  readonly keys?: RegExp;
  /**
   * The version that this release writes. Undefined: a form without a version counts as version 1, and only ever gets more fields, which
   * an older release ignores. A field that changes the meaning of others needs a version.
   */
  readonly version?: number;
  /** What a release does with what it does not know. */
  readonly unknown: string;
}

const versionOf = (schema: { readonly shape: { readonly version: z.ZodLiteral<number> } }): number =>
  schema.shape.version.value;

const WAITS =
  'waits for a worker that knows it, with an error every 30 seconds; after 24 hours a dead letter';
const LOST = 'ignored; it expires, or is made anew';

/** Every stored form, as docs/upgrade.md lists it. */
export const STORED_FORMS: readonly StoredForm[] = [
  {
    name: 'inbound events of a job',
    keys: /^inbound-events:/,
    version: 2 satisfies InboundBatch['version'],
    unknown: WAITS,
  },
  { name: 'inbound event', version: versionOf(InboundEvent), unknown: WAITS },
  {
    name: 'sync request',
    keys: /^(customerio-(sync|native|campaign|events)|twilio-consents)(-[a-z0-9_-]+)?:/,
    version: versionOf(SyncRequest),
    unknown: WAITS,
  },
  { name: 'forward request', keys: /^forwards:/, version: versionOf(ForwardRequest), unknown: WAITS },
  { name: 'changed people', keys: /^people-changes:/, version: versionOf(PeopleChange), unknown: WAITS },
  {
    name: 'large batch of Event Streams',
    keys: /^event-batches:/,
    version: versionOf(RawBatch),
    unknown: WAITS,
  },
  {
    name: 'replay request',
    keys: /^replays:/,
    version: 1,
    unknown:
      'waits for a worker that knows it; after 24 hours the run is cancelled, and its dead letters stay',
  },
  {
    name: 'dead letter',
    keys: /^\{dlq\}:(?!runs?\b)/,
    version: versionOf(DeadLetter),
    unknown: 'stays as it is; a replay skips it and says so',
  },
  {
    name: 'replay run',
    keys: /^\{dlq\}:runs?\b/,
    unknown: 'one with an unknown filter or state is not carried out, and waits as its request does',
  },
  {
    name: 'ledger entry',
    keys: /^(ledger|history):\{.+\}$/,
    version: 1,
    unknown:
      '`ledger_entry_unreadable`: nothing is recorded in it or written from it, and its jobs are tried again',
  },
  { name: 'build and configuration', keys: /^origins$/, unknown: 'shown as it is' },
  {
    name: 'review entry',
    keys: /^\{review\}(:entries|:done)?$/,
    unknown: 'named and left out by `review list`; `erase` refuses until `review done` takes it off',
  },
  { name: 'audit entry', keys: /^audit$/, unknown: 'listed with the words that it has' },
  {
    name: 'state of the reconciler',
    keys: /^reconcile:\{.+\}:.+$/,
    unknown: 'a mark has the weakest effect; the rest is compared anew by the next pass',
  },
  {
    name: 'messages sent after an opt-out',
    keys: /^\{sent-after\}:((same|other)_sender(:entries|:phones)?|log|senders|lease|confirmation:.+)$/,
    unknown: 'named and left out by `sent-after list`; what has been read of the log is begun anew',
  },
  {
    name: 'run of an operator',
    keys: /^operator-runs(:.+)?$/,
    version: 1,
    unknown: 'left out of the list of runs',
  },
  {
    name: 'token of the API',
    keys: /^api-tokens(:used)?$/,
    unknown: 'refused, and left out of `token list`; a scope of a later release gives no right',
  },
  {
    name: 'session and ids of the console',
    keys: /^console:((session|notice|login|search):.+|person-key)$/,
    unknown: 'one logs in again; a shared link to a person leads nowhere',
  },
  { name: 'recent activity', keys: /^activity:(instances|\d+)$/, unknown: 'left out of `status`' },
  {
    name: 'rate limits, probes and other keys that expire',
    keys: /^((api-rate|budget|probe|confirmed|suspect):.+|budget:.+:lanes|(ingest|worker)-ready|stored-names(:scanned)?)$/,
    unknown: LOST,
  },
  {
    name: 'item of the spool',
    version: 3,
    unknown: 'a dead letter with its whole content, which a replay parses anew',
  },
  { name: 'undo file of `setup`', version: 1, unknown: '`undo_file_invalid`: nothing is undone' },
  { name: 'proof', version: 1, unknown: '`proof_not_understood`: it is not checked' },
];

/**
 * Returns the form that a key belongs to; undefined for a key that no release writes.
 *
 * @param key as it is in Redis. In a cluster some prefixes are in braces
 * @param prefix QUEUE_PREFIX
 */
export function formOfKey(key: string, prefix: string): StoredForm | undefined {
  const unbraced = key.startsWith(`{${prefix}`) ? key.slice(1).replace('}', '') : key;
  if (!unbraced.startsWith(`${prefix}:`)) return undefined;
  const rest = unbraced.slice(prefix.length + 1);
  return STORED_FORMS.find(({ keys }) => keys?.test(rest));
}

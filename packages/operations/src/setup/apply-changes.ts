import {
  createSink,
  createSubscription,
  setSchemaVersion,
  updateNumber,
  updateService,
  type RestClient,
} from '@optout-sync/twilio-api';
import type { Change, UndoFile } from './changes';
import { createUndoFile, updateUndoFile } from './undo-file';

const DESCRIPTION = 'optout-sync';

/**
 * Carries out changes. The undo file is written before the first one, and again after each creation, whose SID it needs.
 *
 * @param onProgress is called after each change
 * @throws {OperationError} `undo_file_not_written`; nothing was changed then
 * @throws {TwilioApiError} after some of the changes; the undo file undoes those
 */
export async function applyChanges(
  client: RestClient,
  undo: UndoFile,
  path: string,
  onProgress: (done: Change) => void,
): Promise<void> {
  const changes = [...undo.changes];
  createUndoFile(path, undo);
  for (const [index, change] of changes.entries()) {
    const created = await applyChange(client, undo.accountSid, withSink(change, changes));
    if (created) {
      changes[index] = created;
      updateUndoFile(path, { ...undo, changes });
    }
    onProgress(changes[index] ?? change);
  }
}

/** A subscription to the sink that is created before it gets that sink's SID. */
function withSink(change: Change, changes: readonly Change[]): Change {
  if (change.kind !== 'subscription' || change.sinkSid !== '') return change;
  const sink = changes.find(({ kind }) => kind === 'sink');
  return { ...change, sinkSid: sink?.kind === 'sink' ? sink.sid : '' };
}

/** Returns what was created, with its SID. */
async function applyChange(
  client: RestClient,
  accountSid: string,
  change: Change,
): Promise<Change | undefined> {
  switch (change.kind) {
    case 'number':
    case 'short_code':
      await updateNumber(client, accountSid, { kind: change.kind, sid: change.sid }, change.after);
      return undefined;
    case 'service':
      await updateService(client, change.sid, change.after);
      return undefined;
    case 'sink': {
      const { destination } = change;
      return { ...change, sid: await createSink(client, { description: DESCRIPTION, destination }) };
    }
    case 'subscription': {
      const { sinkSid, types } = change;
      const subscription = { description: DESCRIPTION, sinkSid, types: new Map(Object.entries(types)) };
      return { ...change, sid: await createSubscription(client, subscription) };
    }
    case 'event_type': {
      const { subscriptionSid, type, after: version, before } = change;
      await setSchemaVersion(client, { subscriptionSid, type, version, isNew: before === undefined });
      return undefined;
    }
    default:
      return change satisfies never;
  }
}

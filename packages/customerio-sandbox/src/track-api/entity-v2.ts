import { accepted, trackError, type Answer } from '../http/answers';
import type { Call } from '../http/call';
import { bytesOf } from '../people/person';
import { upsertPerson } from '../people/upsert';
import type { WorkspaceState } from '../workspace-state';
import { personOperation } from './person-operation';
import { isObject, type WriteError } from './write-checks';

/** Customer.io says kB; the stricter reading, so that nobody relies on the other. */
const MAX_ITEM_BYTES = 32_000;
const MAX_BATCH_BYTES = 500_000;

const TOO_LARGE: WriteError = { reason: 'too_long', field: '', message: 'an item may take 32 kB' };

/** `POST /api/v2/entity`: one item, at most 32 kB. */
export function entityV2({ workspace, body, bodyBytes }: Call): Answer {
  const error = bodyBytes > MAX_ITEM_BYTES ? TOO_LARGE : apply(workspace, body);
  return error === undefined ? accepted : { status: 400, body: { errors: [error] } };
}

/** `POST /api/v2/batch`: at most 500 kB. Items that are wrong are named in a 207, the others are taken. */
export function batchV2({ workspace, body, bodyBytes }: Call): Answer {
  if (bodyBytes > MAX_BATCH_BYTES) return trackError(400, 'a batch may take 500 kB');
  if (!isObject(body) || !Array.isArray(body.batch) || body.batch.length === 0) {
    return trackError(400, 'batch must be an array that is not empty');
  }
  const items: unknown[] = body.batch;
  const errors = items.flatMap((item, index) => {
    // No item of a small body can be too large: only a large one is worth measuring again.
    const large = bodyBytes > MAX_ITEM_BYTES && bytesOf(JSON.stringify(item)) > MAX_ITEM_BYTES;
    const error = large ? TOO_LARGE : apply(workspace, item);
    return error === undefined ? [] : [{ batch_index: index, ...error }];
  });
  return errors.length === 0 ? accepted : { status: 207, body: { errors } };
}

function apply({ people, settings }: WorkspaceState, item: unknown): WriteError | undefined {
  const operation = personOperation(item, settings.phoneIsIdentifier);
  if ('reason' in operation) return operation;
  if (operation.action === 'identify') {
    upsertPerson(people, { ...operation, at: operation.timestamp ?? Math.floor(settings.now() / 1000) });
    return undefined;
  }
  const person = people.find(operation.identifier);
  if (person !== undefined) people.remove(person.cioId);
  return undefined;
}

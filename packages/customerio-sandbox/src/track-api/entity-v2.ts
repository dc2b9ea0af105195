import type { ApiRequest } from '../api/request';
import { accepted, trackError, type ApiResponse } from '../api/response';
import { bytesOf } from '../people/person';
import { upsertPerson } from '../people/upsert';
import type { WorkspaceState } from '../workspace/workspace-state';
import { parsePersonOperation } from './person-operation';
import { isObject, type WriteError } from './write-checks';

/** Customer.io documents kB; this is the stricter reading, so that no client relies on the other one. */
const MAX_ITEM_BYTES = 32_000;
const MAX_BATCH_BYTES = 500_000;

const TOO_LARGE: WriteError = { reason: 'too_long', field: '', message: 'an item may have 32 kB' };

/** `POST /api/v2/entity`: one item of at most 32 kB. */
export function entityV2({ workspace, body, bodyBytes }: ApiRequest): ApiResponse {
  const error = bodyBytes > MAX_ITEM_BYTES ? TOO_LARGE : apply(workspace, body);
  return error === undefined ? accepted : { status: 400, body: { errors: [error] } };
}

/** `POST /api/v2/batch`: at most 500 kB. Invalid items are listed in a 207 response; the others are applied. */
export function batchV2({ workspace, body, bodyBytes }: ApiRequest): ApiResponse {
  if (bodyBytes > MAX_BATCH_BYTES) return trackError(400, 'a batch may have 500 kB');
  if (!isObject(body) || !Array.isArray(body.batch) || body.batch.length === 0) {
    return trackError(400, 'batch must be a non-empty array');
  }
  const items: unknown[] = body.batch;
  const errors = items.flatMap((item, index) => {
    // Only a large body can contain an item that is too large, so items of a small one need not be measured.
    const large = bodyBytes > MAX_ITEM_BYTES && bytesOf(JSON.stringify(item)) > MAX_ITEM_BYTES;
    const error = large ? TOO_LARGE : apply(workspace, item);
    return error === undefined ? [] : [{ batch_index: index, ...error }];
  });
  return errors.length === 0 ? accepted : { status: 207, body: { errors } };
}

function apply({ people, events, settings }: WorkspaceState, item: unknown): WriteError | undefined {
  const operation = parsePersonOperation(item, settings.phoneIsIdentifier);
  if ('reason' in operation) return operation;
  const at = operation.timestamp ?? Math.floor(settings.now() / 1000);
  if (operation.action === 'identify') {
    upsertPerson(people, { ...operation, at });
    return undefined;
  }
  if (operation.action === 'event') {
    // An event of an unknown id, email or phone creates the person; that of an unknown cio_id is dropped.
    upsertPerson(people, { identifier: operation.identifier, attributes: {}, updateOnly: false, at });
    const author = people.find(operation.identifier);
    if (author) events.add(author.cioId, operation);
    return undefined;
  }
  const person = people.find(operation.identifier);
  if (person !== undefined) people.remove(person.cioId, 'api');
  return undefined;
}

import type { ApiRequest } from '../api/request';
import { accepted, trackError, type ApiResponse } from '../api/response';
import type { Identifier } from '../people/person';
import { upsertPerson } from '../people/upsert';
import { attributesError, identifierError, isObject, timestampError } from './write-checks';

/**
 * `PUT /api/v1/customers/{identifier}`: an upsert by id, email or `cio_<cio_id>`. A phone number in the path counts as an
 * id, so an unknown one creates a ghost person.
 */
export function identifyV1({ workspace, params, body }: ApiRequest): ApiResponse {
  if (!isObject(body)) return trackError(400, 'the body must be a JSON object');
  const identifier = parseIdentifier(params[0] ?? '');
  const { _update: update, _timestamp: timestamp, ...attributes } = body;
  const error =
    identifierError('identifier', identifier.value) ??
    timestampError('_timestamp', timestamp) ??
    attributesError(attributes);
  if (error !== undefined) return trackError(400, `${error.field}: ${error.message}`);
  const at = typeof timestamp === 'number' ? timestamp : Math.floor(workspace.settings.now() / 1000);
  upsertPerson(workspace.people, { identifier, attributes, updateOnly: update === true, at });
  return accepted;
}

function parseIdentifier(path: string): Identifier {
  if (path.startsWith('cio_')) return { kind: 'cio_id', value: path.slice('cio_'.length) };
  return { kind: path.includes('@') ? 'email' : 'id', value: path };
}

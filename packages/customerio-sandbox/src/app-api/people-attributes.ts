import { z } from 'zod';
import type { ApiRequest } from '../api/request';
import { appError, type ApiResponse } from '../api/response';
import { asText, type StoredPerson } from '../people/person';
import { ID_TYPE_ERROR, parseIdType } from './id-type';

const request = z.object({ ids: z.array(z.string().min(1)).min(1).max(100) });

/** `POST /v1/customers/attributes`: all attributes of 1 to 100 people, as text. Unknown ids are left out. */
export function peopleAttributes({ workspace, query, body }: ApiRequest): ApiResponse {
  const kind = parseIdType(query);
  if (kind === undefined) return appError(400, ID_TYPE_ERROR);
  const parsed = request.safeParse(body);
  if (!parsed.success) return appError(400, 'ids must contain 1 to 100 ids');
  workspace.publishing.settle();
  const customers = parsed.data.ids
    .map((value) => workspace.readable.get(workspace.people.find({ kind, value })?.cioId ?? ''))
    .filter((person) => person !== undefined)
    .map((person) => toCustomer(person, workspace.settings.attributeTimestamps));
  const nested = workspace.settings.attributesShape === 'nested';
  return {
    status: 200,
    body: { customers: nested ? customers.map((customer) => ({ customer })) : customers },
  };
}

function toCustomer(person: StoredPerson, withTimestamps: boolean) {
  const { cioId, id, email } = person;
  const texts = Object.entries(person.attributes).map(([name, value]) => [name, asText(value)] as const);
  return {
    id: id ?? '',
    identifiers: { cio_id: cioId, id, email },
    attributes: {
      cio_id: cioId,
      ...(id !== null && { id }),
      ...(email !== null && { email }),
      ...Object.fromEntries(texts),
    },
    ...(withTimestamps && { timestamps: person.writtenAt }),
    unsubscribed: person.attributes.unsubscribed === true,
    devices: [],
  };
}

import { z } from 'zod';
import { appError, type Answer } from '../http/answers';
import type { Call } from '../http/call';
import { asText, type StoredPerson } from '../people/person';

const request = z.object({ ids: z.array(z.string().min(1)).min(1).max(100) });

/** `POST /v1/customers/attributes`: all attributes of 1 to 100 people, as text. Unknown ids are left out. */
export function peopleAttributes({ workspace, query, body }: Call): Answer {
  const kind = idType(query);
  if (kind === undefined) return appError(400, 'id_type must be id, email or cio_id');
  const parsed = request.safeParse(body);
  if (!parsed.success) return appError(400, 'ids must hold 1 to 100 ids');
  const customers = parsed.data.ids
    .map((value) => workspace.people.find({ kind, value }))
    .filter((person) => person !== undefined)
    .map(customer);
  const nested = workspace.settings.attributesAnswer === 'nested';
  return {
    status: 200,
    body: { customers: nested ? customers.map((each) => ({ customer: each })) : customers },
  };
}

function customer(person: StoredPerson) {
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
    timestamps: person.writtenAt,
    unsubscribed: person.attributes.unsubscribed === true,
    devices: [],
  };
}

const ID_TYPES = ['id', 'email', 'cio_id'] as const;

/** The query's `id_type`, default `id`; undefined when it is none of the three. */
export function idType(query: URLSearchParams): (typeof ID_TYPES)[number] | undefined {
  const given = query.get('id_type') ?? 'id';
  return ID_TYPES.find((kind) => kind === given);
}

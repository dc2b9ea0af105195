import { z } from 'zod';
import type { ApiRequest } from '../api/request';
import { appError, type ApiResponse } from '../api/response';
import type { StoredPerson } from '../people/person';
import { pageOf, parsePageRequest } from '../search/page';
import { ID_TYPE_ERROR, parseIdType } from './id-type';

const request = z.object({
  optouts: z
    .array(
      z.object({
        from: z.string().trim().min(1),
        optout: z.boolean(),
        channel: z.enum(['sms', 'whatsapp']),
      }),
    )
    .min(1),
});

/** `PUT /v1/customers/{id}/optouts`: responds with 204 at once and applies the opt-outs later. */
export function setOptOuts({ workspace, query, params, body }: ApiRequest): ApiResponse {
  const person = findPerson({ workspace, query, params });
  if ('status' in person) return person;
  const parsed = request.safeParse(body);
  if (!parsed.success) return appError(400, 'optouts must contain {from, optout, channel: sms|whatsapp}');
  workspace.applyingOptOuts.add(() => {
    for (const { optout, ...sender } of parsed.data.optouts) {
      workspace.optOuts.set(person.cioId, sender, optout);
    }
  });
  return { status: 204 };
}

/** `GET /v1/customers/{id}/optouts` */
export function personOptOuts({ workspace, query, params }: ApiRequest): ApiResponse {
  const person = findPerson({ workspace, query, params });
  if ('status' in person) return person;
  workspace.applyingOptOuts.settle();
  return { status: 200, body: { optouts: workspace.optOuts.of(person.cioId) } };
}

/** `GET /v1/optouts?from=&start=&limit=`: all people who are opted out of `from`, as it is stored, or of any sender without it. */
export function listOptOuts({ workspace, query }: ApiRequest): ApiResponse {
  const page = parsePageRequest(query);
  if (typeof page === 'string') return appError(400, page);
  const from = query.get('from');
  workspace.applyingOptOuts.settle();
  const people = [...workspace.people.all()]
    .map(({ seq, cioId, id }) => ({
      seq,
      entry: {
        customer_id: id ?? '',
        cio_id: cioId,
        optouts: workspace.optOuts.of(cioId).filter((optOut) => from === null || optOut.from === from),
      },
    }))
    .filter(({ entry }) => entry.optouts.length > 0);
  const { page: listed, next } = pageOf(people, page);
  return { status: 200, body: { optouts: listed.map(({ entry }) => entry), next } };
}

function findPerson({
  workspace,
  query,
  params,
}: Pick<ApiRequest, 'workspace' | 'query' | 'params'>): StoredPerson | ApiResponse {
  const kind = parseIdType(query);
  if (kind === undefined) return appError(400, ID_TYPE_ERROR);
  return workspace.people.find({ kind, value: params[0] ?? '' }) ?? appError(404, 'customer not found');
}

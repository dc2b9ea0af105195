import { z } from 'zod';
import { appError, type Answer } from '../http/answers';
import type { Call } from '../http/call';
import { storedForm } from '../opt-out-store';
import type { StoredPerson } from '../people/person';
import { pageOf, pageRequest } from '../search/page';
import { idType } from './people-attributes';

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

/** `PUT /v1/customers/{id}/optouts`: 204 at once, applied a little later. */
export function setOptOuts(call: Call): Answer {
  const person = personOf(call);
  if ('status' in person) return person;
  const parsed = request.safeParse(call.body);
  if (!parsed.success) return appError(400, 'optouts must hold {from, optout, channel: sms|whatsapp}');
  const { optOuts, optingOut } = call.workspace;
  optingOut.add(() => {
    for (const { optout, ...sender } of parsed.data.optouts) optOuts.set(person.cioId, sender, optout);
  });
  return { status: 204 };
}

/** `GET /v1/customers/{id}/optouts` */
export function personOptOuts(call: Call): Answer {
  const person = personOf(call);
  if ('status' in person) return person;
  call.workspace.optingOut.settle();
  return { status: 200, body: { optouts: call.workspace.optOuts.of(person.cioId) } };
}

/** `GET /v1/optouts?from=&start=&limit=`: everybody who is opted out, of one sender if `from` names one. */
export function listOptOuts({ workspace, query }: Call): Answer {
  const page = pageRequest(query);
  if (typeof page === 'string') return appError(400, page);
  const from = query.get('from');
  workspace.optingOut.settle();
  const people = [...workspace.people.all()]
    .map(({ seq, cioId, id }) => ({
      seq,
      answer: {
        customer_id: id ?? '',
        cio_id: cioId,
        optouts: workspace.optOuts
          .of(cioId)
          .filter((optOut) => from === null || optOut.from === storedForm(optOut.channel, from)),
      },
    }))
    .filter(({ answer }) => answer.optouts.length > 0);
  const { page: listed, next } = pageOf(people, page);
  return { status: 200, body: { optouts: listed.map(({ answer }) => answer), next } };
}

function personOf({ workspace, query, params }: Call): StoredPerson | Answer {
  const kind = idType(query);
  if (kind === undefined) return appError(400, 'id_type must be id, email or cio_id');
  return workspace.people.find({ kind, value: params[0] ?? '' }) ?? appError(404, 'customer not found');
}

import type { Sandbox } from '../harness/sandbox';

interface Writes {
  /** By phone: when the sandbox had answered the write of the phone's person, in ms since 1970. */
  readonly atOf: ReadonlyMap<string, number>;
  /** The time the sandbox took for all requests together, in ms. */
  readonly answerMs: number;
}

interface BatchBody {
  readonly batch?: readonly { readonly identifiers?: { readonly cio_id?: string } }[];
}

/** The writes to the sandbox since a time, from its request log. */
export async function writesSince({ control }: Sandbox, since: number): Promise<Writes> {
  const requests = await control.requests({ since });
  const people = await control.workspace().people();
  const phoneById = new Map(people.map(({ cioId, attributes }) => [cioId, String(attributes.phone)]));
  const atOf = new Map<string, number>();
  for (const { operation, at, durationMs, body } of requests) {
    if (operation !== 'batch') continue;
    for (const { identifiers } of (body as BatchBody).batch ?? []) {
      const phone = phoneById.get(identifiers?.cio_id ?? '');
      if (phone !== undefined && !atOf.has(phone)) atOf.set(phone, at + (durationMs ?? Number.NaN));
    }
  }
  return { atOf, answerMs: requests.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0) };
}

import { z } from 'zod';
import { parseWrittenPhone } from '@optout-sync/shared/domain';
import type { ChangedPerson } from '@optout-sync/shared/queues';
import { WebhookError } from '../../webhook/webhook-error';

/** People in one request. */
const MAX_PEOPLE = 1_000;
/** Paths that an answer and a log line name. */
const MAX_NAMED = 5;

/** A workflow sends '' or null for an attribute that the person lacks, and a number where the quotation marks are missing. */
const text = z
  .union([z.string().max(255), z.number().transform(String)])
  .nullish()
  .transform((value) => value?.trim() ?? '');

const Person = z.object({ phone: text, cio_id: text, previous_phone: text });

export interface ParsedPeople {
  readonly people: readonly ChangedPerson[];
  /** How many have a phone that is no phone number with a country code, or none. They are not compared. */
  readonly withoutPhone: number;
}

/**
 * Parses the body of a verified request: a person, or an array of people. A person whose phone is not usable is counted and
 * left out, since no repetition of the request would change that.
 *
 * @throws {WebhookError} `too_many_people`, or `invalid_people` with the paths that are wrong: nothing of the request is used
 */
export function parsePeople(json: unknown): ParsedPeople {
  const items = Array.isArray(json) ? json : [json];
  if (items.length > MAX_PEOPLE) throw new WebhookError('too_many_people');
  const parsed = z.array(Person).safeParse(items);
  if (!parsed.success) throw new WebhookError('invalid_people', { wrong: pathsOf(parsed.error) });
  const people = parsed.data.flatMap(toChangedPerson);
  return { people, withoutPhone: items.length - people.length };
}

function toChangedPerson({
  phone: written,
  cio_id,
  previous_phone,
}: z.output<typeof Person>): ChangedPerson[] {
  const phone = parseWrittenPhone(written);
  if (!phone) return [];
  // The Track API writes an id with this prefix, the App API without.
  const cioId = cio_id.replace(/^cio_/, '');
  const previousPhone = parseWrittenPhone(previous_phone);
  return [{ phone, ...(cioId !== '' && { cioId }), ...(previousPhone && { previousPhone }) }];
}

/** `0.phone, 17`: the index of a person and the field. */
function pathsOf(error: z.ZodError): string {
  const paths = [...new Set(error.issues.map(({ path }) => path.join('.')))];
  const more = paths.length - MAX_NAMED;
  return [...paths.slice(0, MAX_NAMED), ...(more > 0 ? [`${String(more)} more`] : [])].join(', ');
}

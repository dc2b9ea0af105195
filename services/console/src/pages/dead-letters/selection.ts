import { z } from 'zod';
import { OperationError, parsePastTime } from '@optout-sync/operations';
import { Stage, type DeadLetterFilter } from '@optout-sync/shared/dead-letters';
import { EventSource } from '@optout-sync/shared/domain';
import type { PersonIds } from '../../person-id/person-ids';

const text = z.string().max(200).optional();

/** The fields of a URL or a form that select dead letters. A person is named by an id, never by the phone. */
const Fields = z.object({
  code: text,
  stage: Stage.optional(),
  source: EventSource.optional(),
  workspace: text,
  sid: text,
  person: text,
  since: text,
  until: text,
});

/** As many as one page lists. */
const MAX_IDS = 200;
const Ids = z.array(z.string().regex(/^[\w-]{1,64}$/)).max(MAX_IDS);

const FIELD_NAMES = Object.keys(Fields.shape) as (keyof typeof Fields.shape)[];

/** Which dead letters a page is about. */
export interface Selection {
  readonly filter: DeadLetterFilter;
  /**
   * The fields that select the same later on, where ages are times. They go into links and hidden fields.
   */
  readonly fields: URLSearchParams;
}

/**
 * Reads which dead letters are selected. Empty fields are as good as absent.
 *
 * @throws {OperationError} `filter_invalid`, `time_invalid`, `person_unknown`
 */
export function readSelection(params: URLSearchParams, people: Pick<PersonIds, 'subjectOf'>): Selection {
  const given = FIELD_NAMES.flatMap((name) => {
    const value = params.get(name)?.trim() ?? '';
    return value === '' ? [] : [[name, value] as const];
  });
  const { since, until, sid, person, ...terms } = parse(Fields, Object.fromEntries(given));
  const times = {
    ...(since !== undefined && { from: parsePastTime(since) }),
    ...(until !== undefined && { to: parsePastTime(until) }),
  };
  const filter: DeadLetterFilter = {
    ...terms,
    ...times,
    ...(sid !== undefined && { messageSid: sid }),
    ...(person !== undefined && { phone: phoneOf(person, people) }),
  };
  const fields = new URLSearchParams(given.map(([name, value]) => [name, value]));
  if (times.from !== undefined) fields.set('since', new Date(times.from).toISOString());
  if (times.to !== undefined) fields.set('until', new Date(times.to).toISOString());
  return { filter, fields };
}

/**
 * Reads the selection of something that changes dead letters, which may name them by id: all of them are selected only by the field `all`.
 *
 * @throws {OperationError} `filter_missing`, and what {@link readSelection} throws
 */
export function readBulkSelection(params: URLSearchParams, people: Pick<PersonIds, 'subjectOf'>): Selection {
  const selection = readSelection(params, people);
  const ids = [...new Set(parse(Ids, params.getAll('id')))];
  for (const id of ids) selection.fields.append('id', id);
  if (ids.length > 0) return { ...selection, filter: { ...selection.filter, ids } };
  if (Object.keys(selection.filter).length > 0) return selection;
  if (params.get('all') !== '1') {
    throw new OperationError(
      'filter_missing',
      'nothing is selected: mark dead letters in the list, or filter it',
    );
  }
  selection.fields.set('all', '1');
  return selection;
}

function phoneOf(person: string, people: Pick<PersonIds, 'subjectOf'>): DeadLetterFilter['phone'] {
  const subject = people.subjectOf(person);
  if (!subject)
    throw new OperationError('person_unknown', 'the link names nobody: search for the phone anew');
  return subject.phone;
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new OperationError('filter_invalid', `the filter ${where} is invalid: ${issue?.message ?? ''}`);
}

import { z } from 'zod';
import { OperationError, parsePerson } from '@optout-sync/operations';
import { Stage, type DeadLetterFilter } from '@optout-sync/shared/dead-letters';
import { EventSource } from '@optout-sync/shared/domain';
import { instant, phone } from '../http/fields';

const text = z.string().min(1).max(255);

/** The terms that select dead letters, without the phone: a query of a GET is logged by proxies. */
export const filterFields = {
  code: text.optional(),
  stage: Stage.optional(),
  source: EventSource.optional(),
  workspace: text.optional(),
  messageSid: text.optional(),
  since: instant.optional().describe('last failed at this time or later'),
  until: instant.optional().describe('last failed at this time or earlier'),
};

/** What a replay applies to. */
export const Selection = z
  .strictObject({
    ...filterFields,
    phone: phone.optional(),
    ids: z.array(text).min(1).max(1_000).optional(),
    all: z.literal(true).optional().describe('every dead letter; without other terms'),
  })
  .meta({ id: 'DeadLetterSelection' });

type Terms = Omit<z.output<typeof Selection>, 'all'>;

/** @throws {OperationError} `phone_invalid` */
export function filterOf(terms: Terms): DeadLetterFilter {
  const { ids, code, stage, source, workspace, messageSid, phone: written, since, until } = terms;
  const filter = {
    ...{ ids, code, stage, source, workspace, messageSid },
    phone: written === undefined ? undefined : parsePerson(written, undefined).phone,
    from: since,
    to: until,
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

/** @throws {OperationError} `filter_missing`, `filter_ambiguous`, `phone_invalid` */
export function selectionOf({ all, ...terms }: z.output<typeof Selection>): DeadLetterFilter {
  const filter = filterOf(terms);
  const selects = Object.keys(filter).length > 0;
  if (!selects && !all) throw new OperationError('filter_missing', 'give at least one term, or all: true');
  if (selects && all) throw new OperationError('filter_ambiguous', 'all is given together with other terms');
  return filter;
}

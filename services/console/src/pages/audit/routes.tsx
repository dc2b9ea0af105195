import { AuditAction } from '@optout-sync/operations';
import { z } from 'zod';
import type { Answer, ConsoleRequest, ConsoleRoute } from '../../http/route';
import { parseInput } from '../../http/parse-input';
import { AuditView } from './audit-view';

const PAGE = 50;

/** An empty field of the form is no filter. */
const filled = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((text) => (text === '' ? undefined : text), schema.optional());

const date = z.iso
  .date('must be a date such as 2026-02-25')
  .transform((text) => Date.parse(`${text}T00:00Z`))
  // The ids of Redis' streams are times since 1970.
  .refine((at) => at >= 0, 'must be a date after 1970');

const Query = z.object({
  action: filled(AuditAction),
  since: filled(date),
  until: filled(date),
  cursor: filled(z.string().regex(/^\d{1,15}-\d{1,15}$/, 'is not a cursor of this page')),
});

const DAY_MS = 86_400_000;

async function show({ context, query }: ConsoleRequest): Promise<Answer> {
  const { until, ...filter } = parseInput(Query, Object.fromEntries(query));
  const list = await context.stores.audit.list({
    ...filter,
    limit: PAGE,
    // The last day whole.
    ...(until !== undefined && { until: until + DAY_MS - 1 }),
  });
  return {
    page: { title: 'Audit trail', body: <AuditView list={list} query={query} />, active: 'audit' },
  };
}

export const routes: readonly ConsoleRoute[] = [
  { method: 'GET', path: '/audit', role: 'viewer', kind: 'page', handle: show },
];

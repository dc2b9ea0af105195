import { z } from 'zod';

/**
 * The filters that Customer.io's search accepts: operators `eq` and `exists` only, `and`/`or` over arrays, `not` over one
 * condition, one level of nesting, or a bare attribute. Any other filter is rejected.
 */
const attribute = z.strictObject({
  attribute: z.discriminatedUnion('operator', [
    z.strictObject({
      field: z.string().min(1),
      operator: z.literal('eq'),
      value: z.union([z.string(), z.number(), z.boolean()]),
    }),
    z.strictObject({
      field: z.string().min(1),
      operator: z.literal('exists'),
      value: z.unknown().optional(),
    }),
  ]),
});

const group = z.union([
  attribute,
  z.strictObject({ and: z.array(attribute).min(1) }),
  z.strictObject({ or: z.array(attribute).min(1) }),
  z.strictObject({ not: attribute }),
]);

const filter = z.union([
  attribute,
  z.strictObject({ and: z.array(group).min(1) }),
  z.strictObject({ or: z.array(group).min(1) }),
  z.strictObject({ not: group }),
]);

export const searchRequest = z.object({ filter });

export type Filter = z.infer<typeof filter>;

export function countConditions(node: Filter): number {
  if ('attribute' in node) return 1;
  if ('not' in node) return countConditions(node.not);
  return ('and' in node ? node.and : node.or).reduce((sum, child) => sum + countConditions(child), 0);
}

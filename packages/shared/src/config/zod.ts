import type { z } from 'zod';

/**
 * Parameter of `superRefine` that runs the refinement also where the value is invalid otherwise. Zod skips it then, but all
 * errors must be reported together.
 */
export const alwaysRun = {
  when: ({ value }: { readonly value: unknown }): boolean => typeof value === 'object' && value !== null,
};

/**
 * A refinement of a list: no two items may have the same value of one property. For `superRefine`, together with
 * `alwaysRun`.
 */
export function uniqueBy<Key extends string>(
  key: Key,
  message: string,
): (items: readonly { readonly [K in Key]: unknown }[], context: z.core.$RefinementCtx) => void {
  return (items, context) => {
    if (!Array.isArray(items)) return;
    const values = items.map((item) => (item as Partial<Record<Key, unknown>> | null | undefined)?.[key]);
    for (const [index, value] of values.entries()) {
      if (value === undefined || values.indexOf(value) === index) continue;
      context.addIssue({ code: 'custom', path: [index, key], message });
    }
  };
}

import type { z } from 'zod';

/**
 * A refinement of a list: no two items may have the same value of one property. For `superRefine`, together with
 * `whateverElse`, so that it is told beside other mistakes.
 */
export function unlike<Key extends string>(
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

/** Zod leaves refinements out once anything else is wrong; all mistakes are to be told at once. */
export const whateverElse = {
  when: ({ value }: { readonly value: unknown }): boolean => typeof value === 'object' && value !== null,
};

/** For a refinement: Zod leaves those out once anything else is wrong, and all mistakes are to be told at once. */
export const alwaysRun = {
  when: ({ value }: { readonly value: unknown }): boolean => typeof value === 'object' && value !== null,
};

/**
 * The cio_ids of people, and how many more there are.
 *
 * @param people the first of `total`
 */
export function peopleText(
  { people, total }: { readonly people: readonly string[]; readonly total: number },
  separator = '\n',
): string {
  const more = total > people.length ? [`and ${String(total - people.length)} more`] : [];
  return [...people, ...more].join(separator);
}

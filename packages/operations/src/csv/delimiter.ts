const DELIMITERS = [',', ';', '\t'] as const;

/**
 * The delimiter of CSV: the one that is most frequent in the header, outside of quotes. Cells below may hold the other ones.
 *
 * @param text the beginning of a file, with the whole header
 */
export function delimiterOf(text: string): string {
  const header =
    text
      .replace(/"[^"]*"/g, '')
      .trimStart()
      .split(/[\r\n]/, 1)[0] ?? '';
  const count = (delimiter: string): number => header.split(delimiter).length;
  return DELIMITERS.reduce<string>((best, one) => (count(one) > count(best) ? one : best), DELIMITERS[0]);
}

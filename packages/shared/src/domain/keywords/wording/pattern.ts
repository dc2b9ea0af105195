/**
 * Builders of patterns over words that are separated by single spaces. No pattern repeats without a bound, so a match at one
 * position takes a bounded number of steps for any text.
 */
export const oneOf = (...phrases: readonly string[]): string => `(?:${phrases.join('|')})`;

/** An optional phrase with the space after it. */
export const maybe = (...phrases: readonly string[]): string => `(?:${oneOf(...phrases)} )?`;

/** Up to `most` of these phrases, each with the space after it. */
export const some = (most: number, ...phrases: readonly string[]): string =>
  `(?:${oneOf(...phrases)} ){0,${most}}`;

/** Compiles a pattern that matches whole words from its `lastIndex`. */
export const compile = (pattern: string): RegExp => new RegExp(`(?:${pattern})(?= |$)`, 'y');

/** The end of the match of `pattern` (see `compile`) at `from`; `undefined` where it does not match there. */
export function endOf(pattern: RegExp, text: string, from: number): number | undefined {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

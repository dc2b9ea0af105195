/**
 * Small builders for patterns over words with single spaces between them. None repeats without a bound, so trying one
 * at one place costs a bounded number of steps, whatever the text.
 */
export const oneOf = (...phrases: readonly string[]): string => `(?:${phrases.join('|')})`;

/** A word, and the space after it, that may be missing. */
export const maybe = (...phrases: readonly string[]): string => `(?:${oneOf(...phrases)} )?`;

/** Up to `most` of these words, each with the space after it. */
export const some = (most: number, ...phrases: readonly string[]): string =>
  `(?:${oneOf(...phrases)} ){0,${most}}`;

/** Compiles a pattern that matches whole words from where it is put. */
export const compile = (pattern: string): RegExp => new RegExp(`(?:${pattern})(?= |$)`, 'y');

/** Where `pattern`, compiled by `compile`, ends when put at `from`; `undefined` when it does not match there. */
export function endOf(pattern: RegExp, text: string, from: number): number | undefined {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

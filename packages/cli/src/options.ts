import { InvalidArgumentError } from 'commander';

/** Parses the value of an option that is a whole number. */
export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** Parses a number above 0. */
export function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number < Infinity)) throw new InvalidArgumentError('It must be a number above 0.');
  return number;
}

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Parses a time: ISO 8601, or how long ago, such as `30m`, `2h` or `1d`. In ms since 1970. */
export function time(text: string): number {
  const ago = /^(\d+)([smhd])$/.exec(text);
  if (ago) return Date.now() - Number(ago[1]) * UNITS_MS[ago[2] as keyof typeof UNITS_MS];
  const at = /^\d{4}-\d\d/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at))
    throw new InvalidArgumentError('It must be like 2026-02-25T09:59:58Z, or 30m, 2h, 1d.');
  return at;
}

/** Parses where a page is to begin, in the form in which the page before gave it. */
export function cursorLike(form: RegExp): (text: string) => string {
  return (text) => {
    if (!form.test(text)) throw new InvalidArgumentError('It is not what the page before ended with.');
    return text;
  };
}

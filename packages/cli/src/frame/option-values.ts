import { InvalidArgumentError } from 'commander';

/*
 * Parsers of option values, for commander.
 */

/** @throws {InvalidArgumentError} */
function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** @throws {InvalidArgumentError} */
export function positiveWholeNumber(text: string): number {
  const number = wholeNumber(text);
  if (number === 0) throw new InvalidArgumentError('It must be at least 1.');
  return number;
}

/** @throws {InvalidArgumentError} */
export function positiveNumber(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number < Infinity)) throw new InvalidArgumentError('It must be a number above 0.');
  return number;
}

const AGE = /^(\d{1,6})([smhdw])$/;
const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/**
 * Parses a duration such as `30s`, `2m` or `90d`.
 *
 * @returns ms
 * @throws {InvalidArgumentError}
 */
export function duration(text: string): number {
  const [, count, unit] = AGE.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('It must be a duration such as 30s, 2m or 90d.');
  return Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

/**
 * Parses a time: ISO 8601, or an age such as `30m`, `2h` or `90d`.
 *
 * @returns ms since 1970
 * @throws {InvalidArgumentError}
 */
function time(text: string): number {
  if (AGE.test(text)) return Date.now() - duration(text);
  const at = /^\d{4}-\d\d/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) {
    throw new InvalidArgumentError(
      'It must be a time such as 2026-02-25T09:59:58Z, or an age such as 30m, 2h or 90d.',
    );
  }
  return at;
}

/** A date, which begins in UTC, or a time with its zone. */
const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/**
 * Parses a time in the past: like `time`, but a time of day needs its zone.
 *
 * @returns ms since 1970
 * @throws {InvalidArgumentError}
 */
export function pastTime(text: string): number {
  if (text.includes('-') && !ISO.test(text)) {
    throw new InvalidArgumentError(
      'It must be a date or a time with its zone, such as 2026-02-25T09:59:58Z.',
    );
  }
  const at = time(text);
  if (at > Date.now()) throw new InvalidArgumentError('It must not be in the future.');
  return at;
}

/** Returns a parser of cursors of the given form. */
export function cursorLike(form: RegExp): (text: string) => string {
  return (text) => {
    if (!form.test(text))
      throw new InvalidArgumentError('It must be a cursor that a previous page ended with.');
    return text;
  };
}

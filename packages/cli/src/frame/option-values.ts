import { InvalidArgumentError } from 'commander';
import { OperationError, parseAge, parsePastTime } from '@optout-sync/operations';
import { Country } from '@optout-sync/shared/domain';

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

/**
 * Parses a duration such as `30s`, `2m` or `90d`.
 *
 * @returns ms
 * @throws {InvalidArgumentError}
 */
export function duration(text: string): number {
  const ms = parseAge(text);
  if (ms === undefined) throw new InvalidArgumentError('It must be a duration such as 30s, 2m or 90d.');
  return ms;
}

/**
 * Parses a time in the past: ISO 8601 with its zone, or an age such as `30m`, `2h` or `90d`.
 *
 * @returns ms since 1970
 * @throws {InvalidArgumentError}
 */
export function pastTime(text: string): number {
  try {
    return parsePastTime(text);
  } catch (error) {
    if (error instanceof OperationError) throw new InvalidArgumentError(`${error.message}.`);
    throw error;
  }
}

/** @throws {InvalidArgumentError} */
export function country(text: string): Country {
  const parsed = Country.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError('It must be the ISO code of a country, such as US.');
  return parsed.data;
}

/** Returns a parser of cursors of the given form. */
export function cursorLike(form: RegExp): (text: string) => string {
  return (text) => {
    if (!form.test(text))
      throw new InvalidArgumentError('It must be a cursor that a previous page ended with.');
    return text;
  };
}

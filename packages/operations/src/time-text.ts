import { parseInstant } from './calendar';
import { OperationError } from './operation-error';

const AGE = /^(\d{1,6})([smhdw])$/;
const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** Returns a duration such as `30s`, `2m` or `90d` in ms; `undefined` for anything else. */
export function parseAge(text: string): number | undefined {
  const [, count, unit] = AGE.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

/**
 * Parses a time in the past: ISO 8601 with its zone, or an age such as `30m`, `2h` or `90d`.
 *
 * @returns ms since 1970
 * @throws {OperationError} `time_invalid`
 */
export function parsePastTime(text: string): number {
  const age = parseAge(text);
  const at = age === undefined ? parseInstant(text) : Date.now() - age;
  if (Number.isNaN(at)) {
    throw new OperationError(
      'time_invalid',
      'a time is written like 2026-02-25T09:59:58Z, with its zone, or as an age such as 30m, 2h or 90d',
    );
  }
  if (at > Date.now()) throw new OperationError('time_invalid', 'the time must not be in the future');
  return at;
}

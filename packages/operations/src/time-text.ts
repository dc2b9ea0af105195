const AGE = /^(\d{1,6})([smhdw])$/;
const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** Parses a duration such as `30s`, `2m` or `90d`, in ms; `undefined` for any other text. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit] = AGE.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

/** A date, which begins in UTC, or a time with its zone. */
const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/**
 * Parses a time as an operator writes it: a date, ISO 8601 with its zone, or an age such as `30m`, `2h` or `90d`.
 *
 * @param now in ms since 1970
 * @returns ms since 1970; `undefined` for any other text
 */
export function parseTime(text: string, now: number): number | undefined {
  const ageMs = parseDuration(text);
  if (ageMs !== undefined) return now - ageMs;
  const at = ISO.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? undefined : at;
}

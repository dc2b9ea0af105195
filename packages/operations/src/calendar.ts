/** Whether a date such as 2026-02-28 exists: `Date.parse` takes 2026-02-30 for 2026-03-02. */
export function isInCalendar(date: string): boolean {
  const at = Date.parse(`${date}T00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date);
}

/** A date, which begins in UTC, or a time with its zone. */
const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/** Parses ISO 8601 to ms since 1970; NaN for a time without its zone, one that does not exist, or any other text. */
export function parseInstant(text: string): number {
  return ISO.test(text) && isInCalendar(text.slice(0, 10)) ? Date.parse(text) : NaN;
}

/** Whether a date such as 2026-02-28 exists: `Date.parse` takes 2026-02-30 for 2026-03-02. */
export function isInCalendar(date: string): boolean {
  const at = Date.parse(`${date}T00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date);
}

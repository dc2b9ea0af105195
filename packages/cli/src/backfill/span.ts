import { InvalidArgumentError } from 'commander';

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/**
 * A moment, in ms since 1970: ISO 8601 (`2026-02-25`, which begins in UTC, or `2026-02-25T09:59:58Z`), or how long before
 * `now` (`90m`, `36h`, `3d`). Throws an InvalidArgumentError.
 */
export function parseMoment(text: string, now: number): number {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const at = ISO.test(text)
    ? Date.parse(text)
    : count === undefined
      ? NaN
      : now - Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
  if (Number.isNaN(at)) {
    throw new InvalidArgumentError('It must be such as 2026-02-25, 2026-02-25T09:59:58Z, 90m, 36h or 3d.');
  }
  if (at > now) throw new InvalidArgumentError('It must not be in the future.');
  return at;
}

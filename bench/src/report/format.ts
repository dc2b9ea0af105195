import type { Summary } from '../harness/statistics';

/** Three digits, and no more than the figure has. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** The median, with the extremes of the rounds. */
export const spread = ({ median, min, max }: Summary): string =>
  `${number(median)} (${number(min)} to ${number(max)})`;

import { figures, type ContenderResult } from '../harness/compare';
import { summarize, type Summary } from '../harness/statistics';

/** A number with three significant digits, and none after the point from 100 on. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** The median, with the extremes of the rounds. */
export const spread = ({ median, min, max }: Summary): string =>
  `${number(median)} (${number(min)} to ${number(max)})`;

/** The spread of one figure of a contender. */
export const spreadOf = (results: readonly ContenderResult[], name: string, key: string): string =>
  spread(summarize(figures(results, name, key)));

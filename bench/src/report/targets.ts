import type { Target } from '../harness/benchmark';
import type { Summary } from '../harness/statistics';
import { number, spread } from './format';

/** A figure whose median is to reach `least`. */
export const atLeast = (what: string, got: Summary, least: number, unit = ''): Target => ({
  what,
  wanted: `at least ${number(least)}${unit}`,
  got: spread(got) + unit,
  met: got.median >= least,
});

/** A figure whose median is not to pass `most`. */
export const atMost = (what: string, got: Summary, most: number, unit = ''): Target => ({
  what,
  wanted: `at most ${number(most)}${unit}`,
  got: spread(got) + unit,
  met: got.median <= most,
});

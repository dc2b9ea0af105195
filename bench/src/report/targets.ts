import type { PerformanceTarget } from '../harness/benchmark';
import type { Summary } from '../harness/statistics';
import { number, spread } from './format';

/** A figure whose median must be at least `least`. */
export const atLeast = (what: string, got: Summary, least: number, unit = ''): PerformanceTarget => ({
  what,
  wanted: `at least ${number(least)}${unit}`,
  got: spread(got) + unit,
  met: got.median >= least,
});

/** A figure whose median must be at most `most`. */
export const atMost = (what: string, got: Summary, most: number, unit = ''): PerformanceTarget => ({
  what,
  wanted: `at most ${number(most)}${unit}`,
  got: spread(got) + unit,
  met: got.median <= most,
});

import { ok, problem, type Area, type Finding } from './finding';

/** In ms. HTTP tells whole seconds, and a request takes time. */
const TOLERATED_MS = 2_000;

/** Another clock, read at a time of ours. Both in ms since 1970. */
export interface ClockReading {
  readonly whose: string;
  readonly theirs: number;
  readonly ours: number;
}

/** Compares this machine's clock with another one. */
export function checkClock(area: Area, { whose, theirs, ours }: ClockReading): Finding {
  const ahead = ours - theirs;
  if (Math.abs(ahead) <= TOLERATED_MS) return ok(area, `the clock here agrees with that of ${whose}`);
  const seconds = (Math.abs(ahead) / 1_000).toFixed(1);
  const direction = ahead > 0 ? 'ahead of' : 'behind';
  return problem(area, 'clock_skew', `the clock here is ${seconds} s ${direction} that of ${whose}`);
}

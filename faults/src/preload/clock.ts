/*
 * Loaded into a service by --require: lets its wall clock jump while it runs, as a clock that is set does. Each SIGWINCH,
 * which does nothing by itself, takes the next offset of CLOCK_JUMPS_MS (a list, then from the start again). Timers and
 * performance.now() are of the steady clock, and go on.
 */
const offsets = (process.env.CLOCK_JUMPS_MS ?? '0').split(',').map(Number);
const RealDate = Date;
let jumps = 0;
let offset = 0;

class JumpingDate extends RealDate {
  constructor(...given: unknown[]) {
    super(...((given.length > 0 ? given : [RealDate.now() + offset]) as [number]));
  }

  static override now(): number {
    return RealDate.now() + offset;
  }
}

// From the start: who remembers Date.now is to have this one.
globalThis.Date = JumpingDate as DateConstructor;

process.on('SIGWINCH', () => {
  offset = offsets[jumps++ % offsets.length] ?? 0;
});

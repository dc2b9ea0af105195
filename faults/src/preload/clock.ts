/*
 * Loaded into a service by --require: shifts its wall clock while it runs, as when a clock is set. Each SIGWINCH, which has
 * no effect by default, applies the next offset of CLOCK_JUMPS_MS (a list that starts over at its end). Timers and
 * performance.now() follow the monotonic clock and are not affected.
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

// Replaced at once: code that stores a reference to Date.now must get this one.
globalThis.Date = JumpingDate as DateConstructor;

process.on('SIGWINCH', () => {
  offset = offsets[jumps++ % offsets.length] ?? 0;
});

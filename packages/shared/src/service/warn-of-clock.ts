import type { Logger } from './logger';

/**
 * Logs that the clock of this machine is wrong.
 *
 * @param aheadMs how far it is ahead of Redis'; negative: behind
 * @param what Redis' clock is used for instead
 */
export function warnOfClock(log: Pick<Logger, 'warn'>, aheadMs: number, what: string): void {
  const [code, where] = aheadMs > 0 ? ['clock_ahead', 'ahead of'] : ['clock_behind', 'behind'];
  const text = `this machine's clock is ${where} Redis': ${what} by Redis'. Synchronise the clocks`;
  log.warn({ code, aheadMs }, text);
}

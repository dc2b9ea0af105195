import { EXIT, ExitStatus } from './exit-codes';
import type { Terminal } from './terminal';

/** How many jobs stop by themselves when asked to; until they have, Ctrl-C ends nothing else. */
let stoppable = 0;

/** Whether a job that runs ends by itself when its signal is aborted. */
export const endsByItself = (): boolean => stoppable > 0;

/**
 * Runs a long job that ends early, with what it has, when its signal is aborted: Ctrl-C.
 *
 * @param resume how to go on, such as `Repeat the command to go on.`, or a function that says so in the
 *   end; undefined for one whose end is Ctrl-C
 * @throws {ExitStatus} 3 after a job that was stopped
 */
export async function stoppableJob<Result>(
  terminal: Terminal,
  resume: string | (() => string) | undefined,
  job: (stop: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { stop = new AbortController().signal } = terminal;
  stoppable += 1;
  try {
    const result = await job(stop);
    if (!stop.aborted || resume === undefined) return result;
  } catch (error) {
    if (!stop.aborted || resume === undefined) throw error;
  } finally {
    stoppable -= 1;
  }
  terminal.error(`Stopped. ${typeof resume === 'string' ? resume : resume()}`);
  throw new ExitStatus(EXIT.partly);
}

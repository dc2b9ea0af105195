import { EXIT, ExitStatus } from './exit-codes';
import type { Terminal } from './terminal';

/** How many jobs stop by themselves when asked to; until they have, Ctrl-C ends nothing else. */
let stoppable = 0;

/** Whether a job that runs ends by itself when its signal is aborted. */
export const endsByItself = (): boolean => stoppable > 0;

/** What to say of a job that was stopped. */
export interface Resume {
  /** What stays, and what does not. */
  readonly text: string;
  /** The command that goes on. */
  readonly command: string;
}

/**
 * Runs a long job that ends early, with what it has, when its signal is aborted: Ctrl-C.
 *
 * @param resume says how to go on, from what the job has returned if it did, or `undefined` where it had ended all the same; itself
 *   undefined for a job whose end is Ctrl-C
 * @throws {ExitStatus} 3 after a job that was stopped
 */
export async function stoppableJob<Result>(
  terminal: Terminal,
  resume: ((result: Result | undefined) => Resume | undefined) | undefined,
  job: (stop: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { stop = new AbortController().signal } = terminal;
  let left: Resume | undefined;
  stoppable += 1;
  try {
    const result = await job(stop);
    left = stop.aborted ? resume?.(result) : undefined;
    if (left === undefined) return result;
  } catch (error) {
    left = stop.aborted ? resume?.(undefined) : undefined;
    if (left === undefined) throw error;
  } finally {
    stoppable -= 1;
  }
  terminal.error(`Stopped. ${left.text}\nTo go on: ${left.command}`);
  throw new ExitStatus(EXIT.partly);
}

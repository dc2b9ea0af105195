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
 * @param resume says how to go on, from what the job has returned if it did; undefined for one whose end is Ctrl-C
 * @throws {ExitStatus} 3 after a job that was stopped
 */
export async function stoppableJob<Result>(
  terminal: Terminal,
  resume: ((result: Result | undefined) => Resume) | undefined,
  job: (stop: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { stop = new AbortController().signal } = terminal;
  let result: Result | undefined;
  stoppable += 1;
  try {
    result = await job(stop);
    if (!stop.aborted || resume === undefined) return result;
  } catch (error) {
    if (!stop.aborted || resume === undefined) throw error;
  } finally {
    stoppable -= 1;
  }
  const { text, command } = resume(result);
  terminal.error(`Stopped. ${text}\nTo go on: ${command}`);
  throw new ExitStatus(EXIT.partly);
}

import type { Env } from '@optout-sync/shared/config';

/** Where questions are asked and answered. */
export interface PromptStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** What a command reads and writes. */
export interface Terminal {
  readonly env: Env;
  /** Prints lines of the result, on standard output. */
  out(text: string): void;
  /** Prints progress, hints and errors, on standard error. */
  error(text: string): void;
  /** How many characters fit a line; absent when standard output is no terminal: then the output is plain text for programs. */
  readonly columns?: number;
  /** Clears the screen; absent when standard output is no terminal. */
  readonly clear?: () => void;
  /** Whether standard output shows colours. */
  readonly color?: boolean;
  /** Where to draw progress; absent when standard error is not a terminal: then progress is a line now and then. */
  readonly progress?: NodeJS.WriteStream;
  /** Where to ask; absent when nobody can answer. */
  readonly prompt?: PromptStreams;
  /** The arguments of the command line, as they were given. */
  readonly args?: readonly string[];
  /** Is aborted when the operator presses Ctrl-C. */
  readonly stop?: AbortSignal;
}

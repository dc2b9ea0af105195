import { CONFIG_EXIT_CODE } from '@optout-sync/shared/config';

/** The exit codes of all commands; docs/cli.md lists them. */
export const EXIT = {
  done: 0,
  failed: 1,
  /** The command line is wrong: nothing was done. */
  misused: 2,
  /** Done in part: something is left, differs, or was stopped in the middle. The output says what. */
  partly: 3,
  configuration: CONFIG_EXIT_CODE,
} as const;

/** Ends a command that has printed its result with an exit code of its own. */
export class ExitStatus extends Error {
  constructor(readonly code: number) {
    super(`exit code ${String(code)}`);
    this.name = 'ExitStatus';
  }
}

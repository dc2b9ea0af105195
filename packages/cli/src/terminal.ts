import type { Env } from '@optout-sync/shared/config';

/** What a command reads and writes. */
export interface Terminal {
  readonly env: Env;
  out(text: string): void;
  error(text: string): void;
  /** Where a progress bar can be drawn; missing where nobody would see it move. */
  readonly progress?: NodeJS.WriteStream;
}

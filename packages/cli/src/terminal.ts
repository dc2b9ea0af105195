import type { Env } from '@optout-sync/shared';

/** What a command reads and writes. */
export interface Terminal {
  readonly env: Env;
  out(text: string): void;
  error(text: string): void;
}

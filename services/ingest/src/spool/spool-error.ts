export type SpoolTrouble = 'spool_full' | 'spool_broken' | 'spool_closed';

const WORDS: Readonly<Record<SpoolTrouble, string>> = {
  spool_full: 'The spool is full (SPOOL_MAX_BYTES)',
  spool_broken: 'The spool cannot be used',
  spool_closed: 'The spool is closed',
};

/** Why the spool does not take or give items; its code is stable. */
export class SpoolError extends Error {
  constructor(
    readonly code: SpoolTrouble,
    cause?: unknown,
  ) {
    // The cause's own words as well: what the disk said is what an operator needs, and logs show no causes.
    super(cause instanceof Error ? `${WORDS[code]}: ${cause.message}` : WORDS[code], { cause });
    this.name = 'SpoolError';
  }
}

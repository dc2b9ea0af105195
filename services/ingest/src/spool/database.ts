import { ClassicLevel } from 'classic-level';
import { ConfigError } from '@optout-sync/shared/config';

export type Database = ClassicLevel;

/**
 * Opens the store in a folder, which is made if need be.
 *
 * @throws ConfigError when another process has it open; Error in the disk's words for anything else.
 */
export async function openDatabase(dir: string): Promise<Database> {
  const database = new ClassicLevel(dir);
  try {
    await database.open();
    return database;
  } catch (error) {
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
    if (cause?.code !== 'LEVEL_LOCKED') throw cause ?? error;
    throw new ConfigError(['SPOOL_DIR: is in use by another ingest; each needs a folder of its own']);
  }
}

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

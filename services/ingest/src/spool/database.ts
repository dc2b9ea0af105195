import { ClassicLevel } from 'classic-level';
import { ConfigError } from '@optout-sync/shared/config';
import { makeOwnFilesPrivate } from '@optout-sync/shared/service';

export type Database = ClassicLevel;

/** The names of LevelDB's files (https://github.com/google/leveldb/blob/main/db/filename.cc). */
const LEVELDB_FILE = /^(?:CURRENT|LOCK|LOG(?:\.old)?|MANIFEST-\d+|\d+\.(?:log|ldb|sst|dbtmp))$/;
const isOfLevelDb = (name: string): boolean => LEVELDB_FILE.test(name);

/**
 * Opens the LevelDB database in a folder, and creates both if needed. Only the folder's owner can read it. Other files in the
 * folder, and the folder then, keep their rights.
 *
 * @throws {ConfigError} when another process has it open
 * @throws {Error} with the disk's own message for any other failure
 */
export async function openDatabase(dir: string): Promise<Database> {
  await makeOwnFilesPrivate(dir, isOfLevelDb);
  const database = new ClassicLevel(dir);
  try {
    await database.open();
    return database;
  } catch (error) {
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
    if (cause?.code !== 'LEVEL_LOCKED') throw cause ?? error;
    throw new ConfigError(['SPOOL_DIR: is in use by another ingest; each needs its own folder']);
  }
}

const MESSAGES = {
  spool_full: 'The spool is full (SPOOL_MAX_BYTES)',
  spool_broken: 'The spool cannot be used',
  spool_folder_lost: 'The spool is lost',
  spool_closed: 'The spool is closed',
} as const;

export type SpoolErrorCode = keyof typeof MESSAGES;

/** Why the spool neither takes nor returns items. */
export class SpoolError extends Error {
  constructor(
    readonly code: SpoolErrorCode,
    cause?: unknown,
  ) {
    // With the cause's message: an operator needs what the disk reported, and logs do not show causes.
    super(cause instanceof Error ? `${MESSAGES[code]}: ${cause.message}` : MESSAGES[code], { cause });
    this.name = 'SpoolError';
  }
}

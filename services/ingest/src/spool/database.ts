import { ClassicLevel } from 'classic-level';
import { ConfigError } from '@optout-sync/shared';

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

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder of an open database is no longer the one at its path. */
export class FolderLostError extends Error {
  override readonly name = 'FolderLostError';

  constructor(cause?: unknown) {
    super('its folder was deleted, moved or replaced, or files in it were deleted', { cause });
  }
}

/**
 * What tells the folder of an open LevelDB apart from any other at the same path: device and inode of the folder, and of the
 * lock file, since the inode of a deleted folder may be given to the next one.
 *
 * @throws {Error} when there is no such folder
 */
export async function identityOf(dir: string): Promise<string> {
  const stats = await Promise.all([dir, join(dir, 'LOCK')].map((path) => stat(path, { bigint: true })));
  return stats.map(({ dev, ino }) => `${String(dev)}:${String(ino)}`).join(' ');
}

/**
 * Checks that what LevelDB writes is at the path. An open file can be written after it is deleted or moved, so neither a
 * write nor an fsync would tell.
 *
 * @throws {FolderLostError}
 */
export async function checkFolder(dir: string, identity: string): Promise<void> {
  const [present, names] = await Promise.all([identityOf(dir), readdir(dir)]).catch((error: unknown) => {
    throw new FolderLostError(error);
  });
  const isWhole = names.includes('CURRENT') && names.some((name) => name.endsWith('.log'));
  if (present !== identity || !isWhole) throw new FolderLostError();
}

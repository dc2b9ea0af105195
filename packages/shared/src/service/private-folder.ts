import type { Dirent } from 'node:fs';
import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/**
 * Creates a folder, with its parents, that only its owner can enter, and takes the rights of others away from one that
 * exists and from everything in it. A folder that belongs to another user (a mounted volume) keeps its rights.
 *
 * @throws {Error} of the file system when the folder can neither be created nor read
 */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  await restrict(folder, FOLDER_MODE);
  for (const entry of await readAll(folder)) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) await restrict(path, FILE_MODE);
    if (entry.isDirectory()) await restrict(path, FOLDER_MODE);
  }
}

async function readAll(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    // A folder in it has just been removed, or belongs to another user.
    if (isOneOf(error, ['ENOENT', 'EACCES', 'EPERM'])) return [];
    throw error;
  }
}

/** Removes the rights of group and others. */
async function restrict(path: string, mode: number): Promise<void> {
  try {
    if (((await stat(path)).mode & 0o077) !== 0) await chmod(path, mode);
  } catch (error) {
    // Another user's, or a file that has just been removed.
    if (!isOneOf(error, ['EPERM', 'ENOENT', 'EROFS'])) throw error;
  }
}

function isOneOf(error: unknown, codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '');
}

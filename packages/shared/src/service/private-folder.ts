import type { Dirent } from 'node:fs';
import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER_MODE = 0o700;

/**
 * Creates a folder, with its parents, that only its owner can enter, and takes the rights of others away from one that
 * exists and from everything in it. A folder that belongs to another user (a mounted volume) keeps its rights.
 *
 * @throws {Error} of the file system when the folder can neither be created nor read
 */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  await restrict(folder);
  for (const entry of await readAll(folder)) {
    if (entry.isFile() || entry.isDirectory()) await restrict(join(entry.parentPath, entry.name));
  }
}

/**
 * As `makePrivateFolder`, for a folder that a setting names, which may by mistake be one that others use: `/tmp`, or the
 * folder of a program. Only files whose name `isOurs` lose the rights of others; the folder does when it has no other entry
 * than these.
 *
 * @throws {Error} of the file system when the folder can neither be created nor read
 */
export async function makeOwnFilesPrivate(folder: string, isOurs: (name: string) => boolean): Promise<void> {
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  const entries = await readdir(folder, { withFileTypes: true });
  const ours = entries.filter((entry) => entry.isFile() && isOurs(entry.name));
  if (ours.length === entries.length) await restrict(folder);
  for (const { name } of ours) await restrict(join(folder, name));
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

const OTHERS = 0o077;
/** Of a folder that is made to be shared, such as `/tmp`. */
const STICKY = 0o1000;

/** Removes the rights of group and others. Those of the owner stay: a file may be a program. */
async function restrict(path: string): Promise<void> {
  try {
    const { mode } = await stat(path);
    if ((mode & OTHERS) !== 0 && (mode & STICKY) === 0) await chmod(path, mode & 0o700);
  } catch (error) {
    // Another user's, or a file that has just been removed.
    if (!isOneOf(error, ['EPERM', 'ENOENT', 'EROFS'])) throw error;
  }
}

function isOneOf(error: unknown, codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '');
}

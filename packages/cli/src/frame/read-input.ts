import { readFile } from 'node:fs/promises';
import { OperationError } from '@optout-sync/operations';

/** Returns the text of a file, or of standard input for `-`. @throws {OperationError} `file_unreadable` */
export async function readInput(file: string): Promise<string> {
  try {
    return await readFile(file === '-' ? '/dev/stdin' : file, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new OperationError('file_unreadable', `the file cannot be read (${code})`);
  }
}

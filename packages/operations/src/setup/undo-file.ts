import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { OperationError } from '../operation-error';
import { UndoFile } from './changes';

/** Creates the file, which only its owner may read: URLs may hold a password. @throws {OperationError} `undo_file_not_written` */
export function createUndoFile(path: string, content: UndoFile): void {
  write(path, content, 'wx');
}

/** Replaces the file. @throws {OperationError} `undo_file_not_written` */
export function updateUndoFile(path: string, content: UndoFile): void {
  write(`${path}.new`, content, 'w');
  renameSync(`${path}.new`, path);
}

function write(path: string, content: UndoFile, flag: string): void {
  try {
    writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const why = code === 'EEXIST' ? 'the file exists' : code;
    throw new OperationError(
      'undo_file_not_written',
      `the undo file ${path} cannot be written (${why}); name another one with --undo-file`,
    );
  }
}

/** @throws {OperationError} `undo_file_invalid` */
export function readUndoFile(path: string): UndoFile {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'it is not JSON';
    throw new OperationError('undo_file_invalid', `the undo file ${path} cannot be read (${code})`);
  }
  const parsed = UndoFile.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new OperationError(
    'undo_file_invalid',
    `${path} is no undo file of setup twilio, or a later release wrote it`,
  );
}

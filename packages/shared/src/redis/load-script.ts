import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const INCLUDE = /^-- include: (\S+)$/gm;

/**
 * Reads a Lua script and replaces each line `-- include: <file>` by the text of that file, which lies in the same folder.
 * A file is included once, however many files name it. The build copies `.lua` files next to the compiled modules.
 *
 * @param folder the caller's `__dirname`, or a folder below it
 * @returns the text for `defineCommand` of ioredis
 * @throws {Error} when a file does not exist
 */
export function loadScript(folder: string, file: string): string {
  const included = new Set([file]);
  const read = (name: string): string =>
    readFileSync(join(folder, name), 'utf8').replaceAll(INCLUDE, (_, other: string) => {
      if (included.has(other)) return '';
      included.add(other);
      return read(other);
    });
  return read(file);
}
